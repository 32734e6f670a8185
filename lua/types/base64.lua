---@meta mkrun.base64

--- Base64 (RFC 4648), for bytes that have to be text.
local base64 = {}

---@param bytes string
---@return string text
function base64.encode(bytes) end

--- For URLs (section 5), without padding.
---@param bytes string
---@return string text
function base64.encode_url(bytes) end

---@param text string
---@return string? bytes  nil when the text is no base64
function base64.decode(text) end

return base64
