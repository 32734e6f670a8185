--- Payment methods: how projects are paid.  `org.payment_methods` is the only
--- instance of this class.
---
--- This API cannot create a payment method.  It can name one and accept its
--- terms.
-- SPDX-License-Identifier: MIT

local await = require "mkrun.rest.await"
local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local near = require "mkrun.rest.suggestion"
local value = require "mkrun.value"

---@class mkio.PaymentMethods: mkrun.rest.Resource
local PaymentMethods = class {
  name = "PaymentMethods", list = "payment_methods.list",
  get = "payment_methods.get", parameter = "paymentmethod_id",
}

--- Returns the name to show for a payment method: its display name or its id.
---@param method mkio.api.PaymentMethodSummarySchema
---@return string
function PaymentMethods.label(method)
  local name = value.dig(method, "metadata", "displayName")
  return name ~= nil and name ~= "" and name
    or value.dig(method, "metadata", "id") or "without a name"
end

local function labels(methods)
  local list = {}
  for i, method in ipairs(methods) do
    list[i] = ("%s (%s)")
      :format(PaymentMethods.label(method), method.metadata.id)
  end
  return value.quoted(list)
end

--- Returns the only match or nil.  Names are not unique, so two matches raise
--- an error.
local function only(methods, what)
  if #methods < 2 then return methods[1] end
  errors.raise("ambiguous", ("%s fits more than one payment method: %s")
    :format(what, labels(methods)), "name it by its id")
end

--- Iterates over `have`, or else over the list.
local function each(self, have)
  if not have then return self:each() end
  local i = 0
  return function()
    i = i + 1
    return have[i]
  end
end

--- Finds a payment method by its display name or id.
---@param name string  a display name or an id
---@param have? mkio.api.PaymentMethodSummarySchema[]  all of them, if the
---  caller has just read the list
---@return mkio.api.PaymentMethodSummarySchema? payment_method
function PaymentMethods:find(name, have)
  local matches = {}
  for method in each(self, have) do
    if method.metadata.id == name then return method end
    if value.dig(method, "metadata", "displayName") == name then
      matches[#matches + 1] = method
    end
  end
  return only(matches, "'" .. name .. "'")
end

local function is_active(method)
  return value.dig(method, "status", "isActive") == true
end

--- Raises with the nearest name, or with all names.
local function raise_missing(name, list)
  local names = {}
  for i, method in ipairs(list) do
    names[i] = value.dig(method, "metadata", "displayName")
      or method.metadata.id
  end
  local meant = near.find(name, names)[1]
  errors.raise("missing", ("there is no payment method '%s'"):format(name),
    meant and ("did you mean '%s'?"):format(meant)
    or "there is " .. labels(list))
end

--- Chooses a payment method by name or id; without a name it takes the only
--- active one.  Raises if there is none, or if it is not active.
---@param name? string  a display name or an id
---@param have? mkio.api.PaymentMethodSummarySchema[]  as for `find`
---@return mkio.api.PaymentMethodSummarySchema payment_method
function PaymentMethods:choose(name, have)
  if not name then
    local active = {}
    for method in each(self, have) do
      if is_active(method) then active[#active + 1] = method end
    end
    return only(active, "no name")
      or errors.raise("missing", "there is no active payment method")
  end
  local method = self:find(name, have)
  if not method then
    raise_missing(name, have or self:list())
  elseif not is_active(method) then
    errors.raise("inactive", ("payment method '%s' is not active")
      :format(name))
  end
  return method
end

--- Sets the display name; "" clears it.
---@param id string
---@param name string  at most 256 characters
---@return mkio.api.PaymentMethodSummarySchema
function PaymentMethods:rename(id, name)
  return self:call("payment_methods.patch", { paymentmethod_id = id },
    { { op = "replace", path = "/metadata/displayName", value = name } })
end

--- Sets the display name if it differs; "" clears it.
---@param id string
---@param name string
---@return mkio.api.PaymentMethodSummarySchema payment_method
---@return "unchanged"|"changed" outcome
---@return string[] details
function PaymentMethods:ensure_name(id, name)
  local method = self:get(id)
  if (value.dig(method, "metadata", "displayName") or "") == name then
    return method, "unchanged", {}
  end
  return self:rename(id, name), "changed",
    { ("display name '%s'"):format(name) }
end

--- Accepts the terms of a payment method.
---@param id string
function PaymentMethods:accept_terms(id)
  self:call("payment_methods.accept_terms", { paymentmethod_id = id })
end

--- Reads the price list of a payment method.
---@param id string
---@return mkio.api.PaymentsMethodRateCardSchema
function PaymentMethods:rate_card(id)
  return self:call("payment_methods.rate_card", { paymentmethod_id = id })
end

--- Tells whether the terms of this payment method are accepted.
---@param method mkio.api.PaymentMethodSummarySchema
---@return boolean
function PaymentMethods.accepted(method)
  return value.dig(method, "status", "termsAndConditionsAccepted") == true
end

--- Raises if the terms of a payment method are open.  The API's answer to a
--- project with such a payment method is unknown, so this check comes before
--- any request.
---@param id string
function PaymentMethods:check_terms(id)
  local method = self:get(id)
  if self.accepted(method) then return end
  errors.raise("terms", ("the terms of payment method '%s' are not accepted")
    :format(self.label(method)),
    "payment_methods:ensure_terms accepts them, and \"acceptTerms\" in a "
    .. "SPEC")
end

--- Accepts the terms if they are open.  The API's answer is empty, so this
--- reads the payment method again; it waits for a moment, and raises if the
--- terms are still open.
---@param id string
---@param have? mkio.api.PaymentMethodSummarySchema  the payment method, if the
---  caller has just read it
---@return mkio.api.PaymentMethodSummarySchema payment_method
---@return "unchanged"|"changed" outcome
---@return string[] details
function PaymentMethods:ensure_terms(id, have)
  local method = have or self:get(id)
  if self.accepted(method) then return method, "unchanged", {} end
  self:accept_terms(id)
  local what = ("the payment method '%s' does not show its accepted terms yet")
    :format(self.label(method))
  method = await.need(function()
    local now = self:get(id)
    return self.accepted(now) and now
  end, what)
  return method, "changed", { "terms accepted" }
end

return PaymentMethods
