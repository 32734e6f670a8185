--- initrd.lua NAME=FILE...: writes an initial file system for Linux to standard
--- output: a cpio archive ("newc", by the kernel's initramfs-buffer-format).
---
--- NAME alone is an empty folder.  All files are executable.

local FOLDER <const>, FILE <const> = 0x41ed, 0x81ed -- with mode 755

local count = 0

local function padded(text) return text .. ("\0"):rep(-#text % 4) end

local function put(name, mode, data)
  count = count + 1
  local fields = { count, mode, 0, 0, 1, 0, #data, 0, 0, 0, 0, #name + 1, 0 }
  for i, field in ipairs(fields) do fields[i] = ("%08x"):format(field) end
  io.write(padded("070701" .. table.concat(fields) .. name .. "\0"),
    padded(data))
end

for _, word in ipairs(arg) do
  local name, path = word:match "^(.-)=(.*)$"
  if name then
    local file <close> = assert(io.open(path, "rb"))
    put(name, FILE, file:read "a")
  else
    put(word, FOLDER, "")
  end
end
put("TRAILER!!!", 0, "")
