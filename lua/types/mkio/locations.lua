---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.api.LocationCloudSchema
---@field displayName string  read-only
---@field name? string
---@field region? mkio.api.LocationRegionSchema

---@class mkio.api.LocationListResponseSchema_v1
---@field kind? string  read-only
---@field value mkio.api.LocationSchema_v1[]

---@class mkio.api.LocationRegionSchema
---@field displayName string  read-only
---@field name? string

---@class mkio.api.LocationSchema_v1
---@field metadata mkio.api.MetadataMinimalSchema
---@field spec mkio.api.LocationSpecSchema_v1

---@class mkio.api.LocationSpecSchema_v1
---@field cloud? mkio.api.LocationCloudSchema
---@field organization? mkio.api.OrganizationSpecSchema_v1
---@field type "SaaS"|"Dedicated"

---@class mkio.api.MetadataMinimalSchema
---@field displayName? string
---@field id string  uuid
---@field name? string

---@class mkio.api.OrganizationSpecSchema_v1
---@field id? string|mkio.api.null  uuid
---@field name string  read-only
