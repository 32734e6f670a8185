---@meta
--- The methods that resources have in common.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.Invites
local Invites = {}

--- All of them, in the API's order.
---@return mkio.api.InviteGetSchema[]
function Invites:list() end

--- Iterate; the pages are read as they are needed.
---@return fun(): mkio.api.InviteGetSchema?
function Invites:each() end

--- One of them; raises when it is not there.
---@param invite_id string
---@return mkio.api.InviteGetSchema
function Invites:get(invite_id) end

---@class mkio.Locations
local Locations = {}

--- All of them, in the API's order.
--- Filter by: cloud/name cloud/region/name displayName id name
--- Order by: displayName id name
---@param options? mkrun.rest.ListOptions
---@return mkio.api.LocationSchema_v1[]
function Locations:list(options) end

--- Iterate; the pages are read as they are needed.
--- Filter by: cloud/name cloud/region/name displayName id name
--- Order by: displayName id name
---@param options? mkrun.rest.ListOptions
---@return fun(): mkio.api.LocationSchema_v1?
function Locations:each(options) end

--- One of them; raises when it is not there.
---@param location_name string
---@return mkio.api.LocationSchema_v1
function Locations:get(location_name) end

--- One of them, or nil.
---@param location_name string
---@return mkio.api.LocationSchema_v1?
function Locations:find(location_name) end

---@class mkio.MyOrganizations
local MyOrganizations = {}

--- All of them, in the API's order.
---@return mkio.api.UserOrganizationSchema[]
function MyOrganizations:list() end

--- Iterate; the pages are read as they are needed.
---@return fun(): mkio.api.UserOrganizationSchema?
function MyOrganizations:each() end

--- One of them; raises when it is not there.
---@param organization_id string
---@return mkio.api.UserOrganizationSchema
function MyOrganizations:get(organization_id) end

---@class mkio.MyTokens
local MyTokens = {}

--- All of them, in the API's order.
---@return mkio.api.UserTokenSchema[]
function MyTokens:list() end

--- Iterate; the pages are read as they are needed.
---@return fun(): mkio.api.UserTokenSchema?
function MyTokens:each() end

--- One of them; raises when it is not there.
---@param token_id string
---@return mkio.api.UserTokenSchema
function MyTokens:get(token_id) end

---@class mkio.PaymentMethods
local PaymentMethods = {}

--- All of them, in the API's order.
--- Filter by: aws/awsAccountId azure/azureSaasSubscriptionId
---   azure/azureSaasSubscriptionName created createdBy createdByEmail
---   createdByName displayName id type
--- Order by: aws/awsAccountId azure/azureSaasSubscriptionId
---   azure/azureSaasSubscriptionName created createdBy displayName id type
---@param options? mkrun.rest.ListOptions
---@return mkio.api.PaymentMethodSummarySchema[]
function PaymentMethods:list(options) end

--- Iterate; the pages are read as they are needed.
--- Filter by: aws/awsAccountId azure/azureSaasSubscriptionId
---   azure/azureSaasSubscriptionName created createdBy createdByEmail
---   createdByName displayName id type
--- Order by: aws/awsAccountId azure/azureSaasSubscriptionId
---   azure/azureSaasSubscriptionName created createdBy displayName id type
---@param options? mkrun.rest.ListOptions
---@return fun(): mkio.api.PaymentMethodSummarySchema?
function PaymentMethods:each(options) end

--- One of them; raises when it is not there.
---@param paymentmethod_id string
---@return mkio.api.PaymentMethodSummarySchema
function PaymentMethods:get(paymentmethod_id) end

---@class mkio.Projects
local Projects = {}

--- All of them, in the API's order.
--- Filter by: assignedPaymentMethodId created createdBy createdByEmail
---   createdByName displayName id isActive locationId locationName name
---   updated
--- Order by: assignedPaymentMethodId created createdBy displayName id isActive
---   locationId name updated
---@param options? mkrun.rest.ListOptions
---@return mkio.api.ProjectGetSchema[]
function Projects:list(options) end

--- Iterate; the pages are read as they are needed.
--- Filter by: assignedPaymentMethodId created createdBy createdByEmail
---   createdByName displayName id isActive locationId locationName name
---   updated
--- Order by: assignedPaymentMethodId created createdBy displayName id isActive
---   locationId name updated
---@param options? mkrun.rest.ListOptions
---@return fun(): mkio.api.ProjectGetSchema?
function Projects:each(options) end

--- One of them; raises when it is not there.
---@param project_name string
---@return mkio.api.ProjectGetSchema
function Projects:get(project_name) end

--- One of them, or nil.
---@param project_name string
---@return mkio.api.ProjectGetSchema?
function Projects:find(project_name) end

---@class mkio.Roles
local Roles = {}

--- All of them, in the API's order.
---@return mkio.api.RoleGetSchema[]
function Roles:list() end

--- Iterate; the pages are read as they are needed.
---@return fun(): mkio.api.RoleGetSchema?
function Roles:each() end

--- One of them; raises when it is not there.
---@param role_name string
---@return mkio.api.RoleGetSchema
function Roles:get(role_name) end

--- One of them, or nil.
---@param role_name string
---@return mkio.api.RoleGetSchema?
function Roles:find(role_name) end

---@class mkio.Scopes
local Scopes = {}

--- All of them, in the API's order.
---@return mkio.api.ScopeGetSchema[]
function Scopes:list() end

--- Iterate; the pages are read as they are needed.
---@return fun(): mkio.api.ScopeGetSchema?
function Scopes:each() end

--- One of them; raises when it is not there.
---@param scope_name string
---@return mkio.api.ScopeGetSchema
function Scopes:get(scope_name) end

--- One of them, or nil.
---@param scope_name string
---@return mkio.api.ScopeGetSchema?
function Scopes:find(scope_name) end

---@class mkio.Teams
local Teams = {}

--- All of them, in the API's order.
---@return mkio.api.TeamGetSchema[]
function Teams:list() end

--- Iterate; the pages are read as they are needed.
---@return fun(): mkio.api.TeamGetSchema?
function Teams:each() end

--- One of them; raises when it is not there.
---@param team_name string
---@return mkio.api.TeamGetSchema
function Teams:get(team_name) end

--- One of them, or nil.
---@param team_name string
---@return mkio.api.TeamGetSchema?
function Teams:find(team_name) end

---@class mkio.Tokens
local Tokens = {}

--- All of them, in the API's order.
---@return mkio.api.UserTokenSchema[]
function Tokens:list() end

--- Iterate; the pages are read as they are needed.
---@return fun(): mkio.api.UserTokenSchema?
function Tokens:each() end

---@class mkio.Users
local Users = {}

--- All of them, in the API's order.
---@return mkio.api.UserBriefSchema[]
function Users:list() end

--- Iterate; the pages are read as they are needed.
---@return fun(): mkio.api.UserBriefSchema?
function Users:each() end

--- One of them; raises when it is not there.
---@param user_id string
---@return mkio.api.UserBriefSchema
function Users:get(user_id) end

---@class mkio.Webhooks
local Webhooks = {}

--- All of them, in the API's order.
---@param options? mkrun.rest.ListOptions
---@return mkio.api.WebhookRuleSchema[]
function Webhooks:list(options) end

--- Iterate; the pages are read as they are needed.
---@param options? mkrun.rest.ListOptions
---@return fun(): mkio.api.WebhookRuleSchema?
function Webhooks:each(options) end

--- One of them; raises when it is not there.
---@param rule_name string
---@return mkio.api.WebhookRuleSchema
function Webhooks:get(rule_name) end

--- One of them, or nil.
---@param rule_name string
---@return mkio.api.WebhookRuleSchema?
function Webhooks:find(rule_name) end
