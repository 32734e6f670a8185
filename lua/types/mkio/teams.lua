---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@alias mkio.api.JsonPatchEntry.op
---| "add"
---| "remove"
---| "replace"
---| "stringReplace"
---| "numberReplace"

---@class mkio.api.JsonPatchEntry
---@field op mkio.api.JsonPatchEntry.op
---@field path string
---@field search? string
---@field value? mkio.api.AnyValue

---@class mkio.api.TeamGetSchema
---@field kind? string  read-only
---@field metadata mkio.api.TeamMetadataSchema  read-only
---@field spec mkio.api.TeamSpecSchemaRead

---@class mkio.api.TeamListSchema
---@field kind string
---@field value mkio.api.TeamGetSchema[]

---@class mkio.api.TeamMemberSchemaCreate
---@field isTeamAdmin boolean

---@class mkio.api.TeamMemberSchemaRead
---@field email string  read-only
---@field isTeamAdmin boolean
---@field name string  read-only

---@class mkio.api.TeamMetadataSchema
---@field id string  uuid
---@field name? string

---@class mkio.api.TeamPutSchema
---@field spec mkio.api.TeamSpecSchemaCreate

---@class mkio.api.TeamScopeSchema
---@field roles string[]

---@class mkio.api.TeamSpecSchemaCreate
---@field description? string  at most 256 characters
---@field members? table<string, mkio.api.TeamMemberSchemaCreate>
---@field scopes? table<string, mkio.api.TeamScopeSchema>

---@class mkio.api.TeamSpecSchemaRead
---@field description? string  at most 256 characters
---@field members? table<string, mkio.api.TeamMemberSchemaRead>
---@field scopes? table<string, mkio.api.TeamScopeSchema>
