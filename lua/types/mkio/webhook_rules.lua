---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

--- Reads back as asterisks.
---@class mkio.api.AuthenticationSchema
---@field headers? table<string, string>
---@field queryParams? table<string, string>

---@alias mkio.api.WebhookEventBriefSchema.type
---| "MediaKind.JobStarted"
---| "MediaKind.JobFinished"
---| "MediaKind.StreamingLocatorCreated"
---| "MediaKind.ChannelInstanceStarted"
---| "MediaKind.ChannelInstanceStopped"
---| "MediaKind.ChannelInstanceError"
---| "MediaKind.ScheduledOperationAccepted"
---| "MediaKind.ScheduledOperationCompleted"
---| "MediaKind.ScheduledOperationError"
---| "MediaKind.ScheduledOperationOngoing"

---@class mkio.api.WebhookEventBriefSchema
---@field created string  date-time
---@field source string
---@field status "Pending"|"Retrying"|"Failed"|"Sent"
---@field type mkio.api.WebhookEventBriefSchema.type

---@class mkio.api.WebhookEventListSchema
---@field ["@odata.nextLink"]? string  read-only
---@field supplemental mkio.api.ListResponseSupplementalSchema  read-only
---@field value mkio.api.WebhookEventBriefSchema[]

---@class mkio.api.WebhookRuleCreateOrUpdateSchema
---@field spec mkio.api.WebhookRuleSpecSchema

---@class mkio.api.WebhookRuleListResponseSchema
---@field value mkio.api.WebhookRuleSchema[]

---@class mkio.api.WebhookRuleMetadataSchema
---@field id string  uuid, read-only
---@field name string  read-only

---@class mkio.api.WebhookRuleSchema
---@field metadata mkio.api.WebhookRuleMetadataSchema  read-only
---@field spec mkio.api.WebhookRuleSpecSchema

---@alias mkio.api.WebhookRuleSpecSchema.events
---| "MediaKind.JobStarted"
---| "MediaKind.JobFinished"
---| "MediaKind.StreamingLocatorCreated"
---| "MediaKind.ChannelInstanceStarted"
---| "MediaKind.ChannelInstanceStopped"
---| "MediaKind.ChannelInstanceError"
---| "MediaKind.ScheduledOperationAccepted"
---| "MediaKind.ScheduledOperationCompleted"
---| "MediaKind.ScheduledOperationError"
---| "MediaKind.ScheduledOperationOngoing"

---@class mkio.api.WebhookRuleSpecSchema
---@field authentication? mkio.api.AuthenticationSchema
---@field enabled boolean
---@field events mkio.api.WebhookRuleSpecSchema.events[]
---@field headers? table<string, string>
---@field queryParams? table<string, string>
---@field url string
