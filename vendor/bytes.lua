--- Bytes in generated C files: compressed, and as a literal.

local M = {}

--- As a raw deflate stream: gzip's output without its header (ten bytes with
--- -n from stdin) and its trailer (CRC and length).
function M.deflate(bytes)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  assert(file:write(bytes) and file:close())
  local gzip <close> = assert(io.popen("gzip -9nc <'" .. name .. "'", "r"))
  local packed = gzip:read "a"
  os.remove(name)
  assert(#packed > 18, "gzip gave nothing")
  return packed:sub(11, -9)
end

--- A C string literal, in lines of 64 bytes.  Octal escapes have three digits,
--- so that no digit after them is taken for a part of them.
function M.literal(bytes)
  local lines = {}
  for at = 1, #bytes, 64 do
    local line = bytes:sub(at, at + 63):gsub('[^%w ]', function(c)
      return string.format("\\%03o", c:byte())
    end)
    lines[#lines + 1] = '   "' .. line .. '"'
  end
  return table.concat(lines, "\n")
end

return M
