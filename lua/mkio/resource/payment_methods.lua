--- Payment methods: what projects are paid with.
---
--- They are made outside of this API.  Here they get a name, and their terms
--- are accepted.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local near = require "mkrun.rest.suggestion"
local value = require "mkrun.value"

---@class mkio.PaymentMethods: mkrun.rest.Resource
local PaymentMethods = class {
  name = "PaymentMethods", list = "payment_methods.list",
  get = "payment_methods.get", parameter = "paymentmethod_id",
}

--- What people call it: its display name, or its id.
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

--- Pick the one that `matches`; names are not unique, so two are an error.
local function only(methods, what)
  if #methods < 2 then return methods[1] end
  errors.raise("ambiguous", ("%s fits more than one payment method: %s")
    :format(what, labels(methods)), "name it by its id")
end

--- The payment method with this display name or id, or nil.
---@param name string
---@return mkio.api.PaymentMethodSummarySchema? payment_method
function PaymentMethods:find(name)
  local matches = {}
  for method in self:each() do
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

--- The one that is meant: by name or id, or the only active one.  Raises
--- when there is none, or when it is not active.
---@param name? string
---@return mkio.api.PaymentMethodSummarySchema payment_method
function PaymentMethods:choose(name)
  if not name then
    local active = {}
    for method in self:each() do
      if is_active(method) then active[#active + 1] = method end
    end
    return only(active, "no name")
      or errors.raise("missing", "there is no active payment method")
  end
  local method = self:find(name)
  if not method then
    local list, names = self:list(), {}
    for i, method_ in ipairs(list) do
      names[i] = value.dig(method_, "metadata", "displayName")
        or method_.metadata.id
    end
    local meant = near.find(name, names)[1]
    errors.raise("missing", ("there is no payment method '%s'"):format(name),
      meant and ("did you mean '%s'?"):format(meant)
      or "there is " .. labels(list))
  elseif not is_active(method) then
    errors.raise("inactive", ("payment method '%s' is not active")
      :format(name))
  end
  return method
end

--- Set the display name; "" clears it.
---@param id string
---@param name string  at most 256 characters
---@return mkio.api.PaymentMethodSummarySchema
function PaymentMethods:rename(id, name)
  return self:call("payment_methods.patch", { paymentmethod_id = id },
    { { op = "replace", path = "/metadata/displayName", value = name } })
end

--- Make this its display name; "" is none.
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

---@param id string
function PaymentMethods:accept_terms(id)
  self:call("payment_methods.accept_terms", { paymentmethod_id = id })
end

--- What it costs to use what.
---@param id string
---@return mkio.api.PaymentsMethodRateCardSchema
function PaymentMethods:rate_card(id)
  return self:call("payment_methods.rate_card", { paymentmethod_id = id })
end

--- Are the terms of this payment method accepted?
function PaymentMethods.accepted(method)
  return value.dig(method, "status", "termsAndConditionsAccepted") == true
end

--- The API would take a project whose payment method has open terms, or
--- refuse it in its own words: this says it in ours, before anything is sent.
---@param id string
function PaymentMethods:check_terms(id)
  local method = self:get(id)
  if self.accepted(method) then return end
  errors.raise("terms", ("the terms of payment method '%s' are not accepted")
    :format(self.label(method)),
    "payment_methods:ensure_terms accepts them, and \"acceptTerms\" in a "
    .. "SPEC")
end

--- Accept the terms unless that is done.  The answer to accepting is empty,
--- so it is read back.
---@param id string
---@return mkio.api.PaymentMethodSummarySchema payment_method
---@return "unchanged"|"changed" outcome
---@return string[] details
function PaymentMethods:ensure_terms(id)
  local method = self:get(id)
  if self.accepted(method) then return method, "unchanged", {} end
  self:accept_terms(id)
  method = self:get(id)
  if not self.accepted(method) then
    errors.raise("mismatch", ("the terms of '%s' are still not accepted")
      :format(self.label(method)), "look again in a minute")
  end
  return method, "changed", { "terms accepted" }
end

return PaymentMethods
