---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.api.RoleCapabilitySchema
---@field capability string

---@class mkio.api.RoleGetSchema
---@field kind? string
---@field metadata mkio.api.RoleMetadataSchema
---@field spec mkio.api.RoleSpecSchema

---@class mkio.api.RoleListSchema
---@field kind string
---@field value mkio.api.RoleGetSchema[]

---@class mkio.api.RoleMetadataSchema
---@field categories string[]
---@field id string  uuid
---@field name? string

---@class mkio.api.RoleSpecSchema
---@field capabilities? mkio.api.RoleCapabilitySchema[]
---@field description string  at most 256 characters
