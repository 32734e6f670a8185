---@meta mkrun.config

--- What command line and environment say about this run.  Read it, do not
--- write to it.
---@class mkrun.Config
---@field version string         of mkrun
---@field base_url string        without a slash at the end
---@field token? mkrun.Secret    of --token-file or MKIO_TOKEN
---@field project? string        of MKIO_PROJECT
---@field sandbox false|true|string  true: in memory; a string: the state's file
---@field faults? string         file with a fault plan, of --faults
---@field bottom? string         module that answers in place of the network
---@field timeout? number        seconds, of --timeout
---@field max_rate? integer      requests a minute, of --max-rate
---@field cacert? string         of --cacert
---@field trust? string          which certificates count; with --trace only
---@field journal? string       of --journal
---@field resume? string        of --resume
---@field audit? string         of --audit
---@field record? string        of --record
---@field replay? string        of --replay
---@field words? string[]       SCRIPT and its arguments, as on the command line
---@field statements boolean   -e was given
---@field actions {letter: string, text: string?}[]  -e, -l and -W, in order
---@field init? string          of LUA_INIT, unless -E is given
---@field held? mkrun.Log       the journal that the host has opened ...
---@field held_path? string     ... for --resume or --undo
---@field kept string[]        options of mkrun that a resumed run has again
---@field folder? string        where the run was started
---@field trace boolean          --trace was given
---@field dry_run boolean        --dry-run or --plan-out was given
---@field plan_format? "text"|"json"|"deletes"  of --output
---@field plan_out? string       file to keep the plan in
---@field approved? string       what may be deleted, once the host has asked
---@field apply? string          file with the plan to perform
---@field model? string          module that knows what writes do; when planning
---@field subject? string        module that knows what writes are about
---@field color boolean          stdout is a terminal and wants colours
---@field script? mkrun.ConfigScript  what is run; nil with -e and at the prompt
---@field options table<string, true>  mkrun's own options: ["--trace"] = true

---@class mkrun.ConfigScript
---@field name? string  "onboard"; nil for standard input
---@field path? string  "scripts/onboard.lua"; nil for standard input
---@field source string

---@type mkrun.Config
local config = {}

return config
