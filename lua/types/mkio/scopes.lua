---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.api.ScopeGetSchema
---@field kind? string
---@field metadata mkio.api.ScopeMetadataSchema
---@field spec mkio.api.ScopeSpecSchema

---@class mkio.api.ScopeListSchema
---@field kind string
---@field value? mkio.api.ScopeGetSchema[]

---@class mkio.api.ScopeMetadataSchema
---@field id string  uuid
---@field name? string

---@class mkio.api.ScopeResourceSchema
---@field id string  uuid
---@field type string

---@class mkio.api.ScopeSpecSchema
---@field description string  at most 256 characters
---@field resources? mkio.api.ScopeResourceSchema[]
