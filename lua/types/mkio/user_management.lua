---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.api.InviteGetSchema
---@field kind? string
---@field metadata? mkio.api.InviteMetadataSchema  read-only
---@field spec mkio.api.InviteSpecSchema

---@class mkio.api.InviteListSchema
---@field kind string
---@field value mkio.api.InviteGetSchema[]

---@class mkio.api.InviteMetadataSchema
---@field created? string  date-time
---@field id string  uuid

---@class mkio.api.InvitePostSchema
---@field spec mkio.api.InviteSpecSchema

---@class mkio.api.InviteSpecSchema
---@field comment string
---@field email string
---@field invitedByEmail string  read-only
---@field invitedByName string  read-only
---@field organizationName string  read-only
---@field teams? string[]

---@class mkio.api.UserBriefListSchema
---@field kind string
---@field value mkio.api.UserBriefSchema[]

---@class mkio.api.UserBriefSchema
---@field kind? string
---@field metadata mkio.api.UserMetadata
---@field spec mkio.api.UserBriefSpec

---@class mkio.api.UserBriefSpec
---@field avatar string  at most 200 characters, read-only
---@field email string  at most 1024 characters, read-only
---@field name string  at most 1024 characters
