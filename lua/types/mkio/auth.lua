---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.api.PublicKeysListSchema
---@field keys any[]

---@class mkio.api.RevokedKeyListSchema
---@field revokedTokens string[]
