-- What a flow copied from the internet tries.  hostile_spec.lua puts this text
-- before each list of attempts.  Confined, each line must end in "denied".
-- luacheck: globals try place gone require io os debug package string
-- arg[1]: a folder that is not granted; arg[2]: port of another server

place = arg[1] -- holds: secret, module.lua, data

--- Runs an attempt, which returns a true value if it succeeds.
function try(name, attempt, ...)
  local ok, got = pcall(attempt, ...)
  print(name, ok and got and "GOT IT" or "denied")
end

--- Reads an open file, and tells whether it holds the secret of another.
function gone(file)
  local text = file and file:read "a"
  return text and text:find("SECRET OF ANOTHER", 1, true)
end
