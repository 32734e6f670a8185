---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.api.OrganizationCreateSchema
---@field spec mkio.api.OrganizationCreateSpecSchema

---@class mkio.api.OrganizationCreateSpecSchema
---@field legalEntityAddress? string
---@field legalEntityContactEmail? string
---@field legalEntityName? string
---@field legalEntityOfficer? string
---@field name string  at most 512 characters

---@class mkio.api.OrganizationMetadataSchema
---@field created? string  date-time
---@field createdBy? string  uuid
---@field createdByEmail? string
---@field createdById string  uuid, read-only
---@field createdByName string  read-only
---@field id string  uuid
---@field isActive boolean  read-only
---@field name? string
---@field updated? string  date-time

---@class mkio.api.OrganizationPatchSchema
---@field spec mkio.api.OrganizationSpecSchema

---@class mkio.api.OrganizationSchema
---@field kind? string  read-only
---@field metadata? mkio.api.OrganizationMetadataSchema  read-only
---@field spec mkio.api.OrganizationSpecSchema

---@class mkio.api.OrganizationSpecSchema
---@field legalEntityAddress? string|mkio.api.null
---@field legalEntityContactEmail? string|mkio.api.null
---@field legalEntityName? string|mkio.api.null
---@field legalEntityOfficer? string|mkio.api.null
---@field name? string
