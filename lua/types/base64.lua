---@meta mkrun.base64

--- Encodes bytes as text in base64 (RFC 4648), and decodes such a text.
local base64 = {}

--- Encodes bytes, with padding.
---@param bytes string
---@return string text
function base64.encode(bytes) end

--- Encodes bytes for a URL (RFC 4648, section 5), without padding.
---@param bytes string
---@return string text
function base64.encode_url(bytes) end

--- Decodes a text in base64.
---@param text string
---@return string? bytes  nil if the text is not base64
function base64.decode(text) end

return base64
