---@meta mkrun.backend

--- Who answers in the place of the machine when `mkrun.sys` and `mkrun.secret`
--- read, write and start something.
local backend = {}

--- The functions of the machine, whatever is in use; there once `mkrun.sys` and
--- `mkrun.secret` are.
---@type table<string, function>  "sys.read", "secret.write"
backend.machine = {}

--- Have these functions answer from now on, and the machine for others.
---@param functions? table<string, function>  by the names of `machine`; a
---  method gets the secret first
function backend.use(functions) end

return backend
