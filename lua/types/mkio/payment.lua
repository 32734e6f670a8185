---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.api.PaymentMethodListSchema
---@field ["@odata.nextLink"]? string  read-only
---@field supplemental mkio.api.ListResponseSupplementalSchema  read-only
---@field value mkio.api.PaymentMethodSummarySchema[]

---@alias mkio.api.PaymentMethodPatchEntry.op
---| "add"
---| "remove"
---| "replace"
---| "stringReplace"
---| "numberReplace"

---@class mkio.api.PaymentMethodPatchEntry
---@field op mkio.api.PaymentMethodPatchEntry.op
---@field path string
---@field search? string
---@field value? mkio.api.AnyValue

---@class mkio.api.PaymentsMethodRateCardSchema
---@field kind? string
---@field metadata mkio.api.RateCardMetadata
---@field spec mkio.api.RateCardSpec

---@class mkio.api.RateCardEntrySchema
---@field family string  read-only
---@field prices mkio.api.RateCardPriceSchema[]  read-only
---@field solution string  read-only

---@class mkio.api.RateCardLocationPriceSchema
---@field locationGroup string  read-only
---@field price number  read-only
---@field sku string|mkio.api.null  read-only

---@class mkio.api.RateCardMetadata
---@field isPrivateOffer boolean
---@field paymentMethodId string  uuid
---@field productPublicationId string  uuid
---@field productPublicationName string

---@class mkio.api.RateCardPriceSchema
---@field displayName string|mkio.api.null  read-only
---@field locationPrices? mkio.api.RateCardLocationPriceSchema[]  read-only
---@field name string  read-only
---@field price number  read-only
---@field sku string|mkio.api.null  read-only
---@field unit string|mkio.api.null  read-only

---@class mkio.api.RateCardSpec
---@field currency string
---@field rateCard mkio.api.RateCardEntrySchema[]
