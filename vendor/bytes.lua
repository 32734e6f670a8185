--- Bytes in generated C files: compressed, and as a literal.

local M = {}

--- As a raw deflate stream.  zopfli makes it five hundredths smaller than gzip
--- does; what unpacks it is the same.
function M.deflate(bytes)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  assert(file:write(bytes) and file:close())
  local pipe <close> =
    assert(io.popen(("zopfli -c --i5 --deflate '%s'"):format(name), "r"))
  local packed = pipe:read "a"
  os.remove(name)
  assert(#packed > 0, "zopfli gave nothing: is it installed?")
  return packed
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
