---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.api.CreateTokenSchema
---@field description? string  at most 128 characters
---@field expireDate? string  date-time
---@field organizationId string  uuid
---@field permissions? table<string, any>
---@field type "login"|"full-access"|"restricted"|"ephemeral"

---@class mkio.api.ProfileGetSchema
---@field metadata mkio.api.UserMetadata
---@field spec mkio.api.UserProfileSpec

---@class mkio.api.ProfileGetSchema_v1
---@field kind string
---@field metadata mkio.api.UserMetadata
---@field spec mkio.api.UserProfileSpec_v1

---@class mkio.api.ProfilePatchSchema_v1
---@field spec mkio.api.UserProfileSpec_v1

---@class mkio.api.ProfilePutSchema
---@field spec mkio.api.UserProfileSpec

---@class mkio.api.UserOrganizationMetadataSchema
---@field id string  uuid, read-only
---@field name string  read-only

---@class mkio.api.UserOrganizationPatchSchema
---@field spec? mkio.api.UserOrganizationSpecSchema

---@class mkio.api.UserOrganizationPendingInviteSchema
---@field comment string  read-only
---@field invitedBy string|mkio.api.null  read-only
---@field state "accepted"|"pending"

---@class mkio.api.UserOrganizationSchema
---@field kind? string
---@field metadata? mkio.api.UserOrganizationMetadataSchema
---@field spec? mkio.api.UserOrganizationSpecSchema

---@class mkio.api.UserOrganizationSpecSchema
---@field invite? mkio.api.UserOrganizationPendingInviteSchema

---@class mkio.api.UserOrganizationsListSchema
---@field kind string
---@field value mkio.api.UserOrganizationSchema[]

---@class mkio.api.UserProfileSpec
---@field avatar string  at most 200 characters, read-only
---@field company string|mkio.api.null  at most 1024 characters
---@field contact_email string  at most 1024 characters, read-only
---@field country string  at most 1024 characters
---@field customer_id string  read-only
---@field customers table<string, string>  read-only
---@field is_active boolean  read-only
---@field is_admin boolean  read-only
---@field jobrole string|mkio.api.null  at most 1024 characters
---@field name string  at most 1024 characters
---@field phonenumber string  at most 1024 characters
---@field signup_problem string|mkio.api.null  read-only

---@class mkio.api.UserProfileSpec_v1
---@field activeOrganizationId string  read-only
---@field avatar string  at most 200 characters, read-only
---@field company? string  at most 1024 characters
---@field contactEmail string  at most 1024 characters, read-only
---@field country? string  at most 1024 characters
---@field features table<string, any>  read-only
---@field isActive boolean  read-only
---@field jobRole? string  at most 1024 characters
---@field loginEmail string  at most 1024 characters, read-only
---@field name? string  at most 1024 characters
---@field phoneNumber? string  at most 1024 characters
