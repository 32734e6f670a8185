---@meta mkrun.config

--- The settings of this run, from the command line and the environment.  The
--- host fills them in; libraries and scripts only read them.
---@class mkrun.Config
---@field version string         version of mkrun
---@field base_url string        without a slash at the end
---@field token? mkrun.Secret    from --token-file or MKIO_TOKEN
---@field project? string        from MKIO_PROJECT
---@field sandbox false|true|string  true: in memory; string: file of the state
---@field faults? string         file of the fault plan, from --faults
---@field bottom? string         module that replaces the network
---@field timeout? number        seconds, from --timeout
---@field max_rate? integer      requests a minute, from --max-rate
---@field cacert? string         from --cacert
---@field trust? string          the trusted certificates; only with --trace
---@field journal? string        from --journal
---@field resume? string         from --resume
---@field audit? string          from --audit
---@field record? string         from --record
---@field replay? string         from --replay
---@field words? string[]        SCRIPT and its arguments, from the command line
---@field statements boolean     -e was given
---@field actions {letter: string, text: string?}[]  -e, -l and -W, in order
---@field init? string           from LUA_INIT, unless -E was given
---@field held? mkrun.Log        the journal, opened for --resume or --undo
---@field held_path? string      path of that journal
---@field kept string[]          mkrun's options that a resumed run needs again
---@field folder? string         working directory
---@field trace boolean          --trace was given
---@field dry_run boolean        --dry-run or --plan-out was given
---@field plan_format? "text"|"json"|"deletes"  from --output
---@field plan_out? string       file to save the plan to
---@field approved? string       what may be deleted, after a yes
---@field apply? string          file of the plan to apply
---@field model? string          module that models the API, for a plan
---@field subject? string        module that maps writes to paths to read
---@field color boolean          stdout is a terminal that may get colours
---@field script? mkrun.ConfigScript  nil with -e and at the prompt
---@field options table<string, true>  mkrun's options: ["--trace"] = true

---@class mkrun.ConfigScript
---@field name? string  "onboard"; nil for standard input
---@field path? string  "scripts/onboard.lua"; nil for standard input
---@field source string

---@type mkrun.Config
local config = {}

return config
