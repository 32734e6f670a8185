std = "lua54"
max_line_length = 80
files["tests"].std = "+busted"
files["scripts/examples/new/spec.lua"].std = "+busted"
files["lua/types"].unused_args = false
files["lua/types"].ignore = { "241" }
