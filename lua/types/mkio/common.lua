---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@alias mkio.api.AnyValue any

---@class mkio.api.Error
---@field error mkio.api.ErrorDetail
---@field ref string
---@field status integer

---@class mkio.api.ErrorDetail
---@field code string
---@field detail string
---@field extraDetail? table<string, any>

---@class mkio.api.ListResponseSupplementalSchema
---@field count integer  read-only
---@field kind string  read-only
---@field operation string  read-only
---@field pagination mkio.api.PaginationInfoSchema  read-only
---@field subscription? mkio.api.ProjectInfoSchema  read-only

---@class mkio.api.PaginationInfoSchema
---@field ["end"] integer  read-only
---@field records integer  read-only
---@field start integer  read-only
---@field total integer  read-only

---@class mkio.api.PaymentMethodAWSSpec
---@field allowedOrganizations? string[]|mkio.api.null
---@field autoPurchaseBeamLicenses boolean  read-only
---@field awsAccountId? string
---@field awsCustomerId? string|mkio.api.null  read-only
---@field awsOfferId? string
---@field awsProductCode? string
---@field awsStatus? string|mkio.api.null  read-only
---@field endDate string|mkio.api.null  date
---@field notes? string  at most 256 characters
---@field productPublicationName string  read-only
---@field startDate string|mkio.api.null  date
---@field type string

---@class mkio.api.PaymentMethodAzureSpec
---@field allowedOrganizations? string[]|mkio.api.null
---@field autoPurchaseBeamLicenses boolean  read-only
---@field azureOfferId? string|mkio.api.null  read-only
---@field azurePlanName? string|mkio.api.null  read-only
---@field azurePrivateOfferId? string  uuid
---@field azureSaasSubscriptionAutoRenew? boolean|mkio.api.null  read-only
---@field azureSaasSubscriptionEnd? string|mkio.api.null  read-only
---@field azureSaasSubscriptionId? string|mkio.api.null  read-only
---@field azureSaasSubscriptionName? string|mkio.api.null  read-only
---@field azureSaasSubscriptionStart? string|mkio.api.null  read-only
---@field azureSaasSubscriptionStatus? string|mkio.api.null  read-only
---@field endDate string|mkio.api.null  date
---@field notes? string  at most 256 characters
---@field productPublicationName string  read-only
---@field startDate string|mkio.api.null  date
---@field type string

---@class mkio.api.PaymentMethodDirectSpec
---@field allowedOrganizations? string[]|mkio.api.null
---@field autoPurchaseBeamLicenses boolean  read-only
---@field endDate string|mkio.api.null  date
---@field notes? string  at most 256 characters
---@field productPublicationName string  read-only
---@field redeemedBy? string|mkio.api.null  read-only
---@field salesOrderNumber? string
---@field startDate string|mkio.api.null  date
---@field status? string  read-only
---@field type string

---@class mkio.api.PaymentMethodMetadata
---@field created? string  date-time
---@field createdBy? string  uuid
---@field createdByEmail? string
---@field displayName? string
---@field id string  uuid
---@field organizationId string|mkio.api.null  uuid

---@class mkio.api.PaymentMethodRelated
---@field projects string[]

---@class mkio.api.PaymentMethodStatus
---@field isActive boolean
---@field termsAndConditionsAccepted boolean

---@alias mkio.api.PaymentMethodSummarySchema.spec
---| mkio.api.PaymentMethodAzureSpec
---| mkio.api.PaymentMethodAWSSpec
---| mkio.api.PaymentMethodDirectSpec

---@class mkio.api.PaymentMethodSummarySchema
---@field metadata? mkio.api.PaymentMethodMetadata
---@field related? mkio.api.PaymentMethodRelated
---@field spec mkio.api.PaymentMethodSummarySchema.spec
---@field status? mkio.api.PaymentMethodStatus

---@class mkio.api.ProjectInfoSchema
---@field id string  read-only
---@field name string  read-only

---@class mkio.api.UserMetadata
---@field id string  uuid, read-only

---@class mkio.api.UserTokenListSchema
---@field kind string
---@field value mkio.api.UserTokenSchema[]

---@class mkio.api.UserTokenMetadataSchema
---@field JWT? mkrun.Secret  read-only
---@field id string  uuid
---@field type "login"|"full-access"|"restricted"|"ephemeral"

---@class mkio.api.UserTokenSchema
---@field kind? string
---@field metadata mkio.api.UserTokenMetadataSchema
---@field spec mkio.api.UserTokenSpecSchema

---@class mkio.api.UserTokenSpecSchema
---@field description? string  at most 128 characters
---@field expires string  date-time
---@field issued string  date-time
---@field lastUsed string|mkio.api.null  date
---@field organizationId? string|mkio.api.null  uuid, read-only
---@field permissions? table<string, any>
---@field revoked string|mkio.api.null  date-time
---@field revokedBy? string
---@field user string

--- What JSON's null is in Lua: json.null.
---@alias mkio.api.null lightuserdata
