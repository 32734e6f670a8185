---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.api.MetricsSchema
---@field kind? string
---@field spec mkio.api.MetricsSpecSchema
---@field status? mkio.api.MetricsStatusSchema  read-only

---@class mkio.api.MetricsSpecSchema
---@field enabled boolean

---@class mkio.api.MetricsStatusSchema
---@field password mkrun.Secret  read-only
---@field url string  read-only
---@field username string  read-only

---@class mkio.api.PaymentMethodAssignmentSchema
---@field paymentMethodId string  uuid

---@class mkio.api.ProjectCreateSchema
---@field displayName string
---@field locationName string
---@field paymentMethodId string  uuid

---@class mkio.api.ProjectGetSchema
---@field kind? string
---@field metadata? mkio.api.ProjectMetadataSchema  read-only
---@field spec mkio.api.ProjectSpecSchema

---@class mkio.api.ProjectListSchema
---@field ["@odata.nextLink"]? string  read-only
---@field supplemental mkio.api.ListResponseSupplementalSchema  read-only
---@field value mkio.api.ProjectGetSchema[]

---@class mkio.api.ProjectMetadataCloudSchema
---@field displayName string  read-only
---@field id? string  uuid, read-only
---@field name string  read-only

---@class mkio.api.ProjectMetadataSchema
---@field cloud mkio.api.ProjectMetadataCloudSchema  read-only
---@field created? string  date-time
---@field createdBy? string  uuid
---@field createdByEmail? string
---@field createdById string  uuid
---@field createdByName string
---@field displayName? string
---@field id string  uuid
---@field name? string
---@field updated? string  date-time

---@class mkio.api.ProjectPatchMetadataSchema
---@field displayName? string  at most 255 characters

---@class mkio.api.ProjectPatchSchema
---@field metadata? mkio.api.ProjectPatchMetadataSchema
---@field spec? mkio.api.ProjectPatchSpecSchema

---@class mkio.api.ProjectPatchSpecSchema
---@field isActive? boolean
---@field isHidden? boolean

---@class mkio.api.ProjectSpecSchema
---@field assignedPaymentMethodId string|mkio.api.null  uuid
---@field displayName string
---@field isActive boolean
---@field locationDisplayName? string
---@field locationId string  uuid
---@field locationName string
---@field name string
