--- Base64 (RFC 4648, section 4), for bytes that have to be text.
-- SPDX-License-Identifier: MIT

local M = {}

local LETTERS <const> =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local values = {}
for i = 1, #LETTERS do values[LETTERS:byte(i)] = i - 1 end

local function letter(bits, shift)
  local at = (bits >> shift & 63) + 1
  return LETTERS:sub(at, at)
end

local function encode_group(group)
  local a, b, c = group:byte(1, 3)
  local bits = a << 16 | (b or 0) << 8 | (c or 0)
  return letter(bits, 18) .. letter(bits, 12)
    .. (b and letter(bits, 6) or "=") .. (c and letter(bits, 0) or "=")
end

---@param bytes string
---@return string
function M.encode(bytes) return (bytes:gsub("..?.?", encode_group)) end

local function decode_group(group)
  local bits = 0
  for i = 1, 4 do bits = bits << 6 | (values[group:byte(i)] or 0) end
  return string.char(bits >> 16 & 255, bits >> 8 & 255, bits & 255)
    :sub(1, #group - 1)
end

---@param text string
---@return string? bytes  nil when the text is no base64
function M.decode(text)
  local letters = text:gsub("=?=?$", "")
  if #text % 4 ~= 0 or letters:find "[^%w+/]" then return nil end
  return (letters:gsub("..?.?.?", decode_group))
end

return M
