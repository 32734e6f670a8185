---@meta mkrun.config

--- Contains the settings of this run, from the command line and the
--- environment.  The host sets all fields.  Libraries and scripts only read the
--- fields.
---@class mkrun.Config
---@field version string         version of mkrun
---@field base_url string        URL of the API, without a slash at the end
---@field token? mkrun.Secret    token from --token-file or MKIO_TOKEN
---@field project? string        name of a project, from MKIO_PROJECT
---@field sandbox false|true|string  true: sandbox in memory; string: file of
---  the sandbox's state
---@field faults? string         file of the fault plan, from --faults
---@field bottom? string         module that replaces the network
---@field timeout? number        seconds for a request, from --timeout
---@field jobs? integer          most tasks of a flow at the same time, from
---  --jobs
---@field max_rate? integer      requests a minute, from --max-rate
---@field cacert? string         file of certificates, from --cacert
---@field trust? string          name of the trusted certificates' source; set
---  only with --trace
---@field journal? string        file of the journal, from --journal
---@field resume? string         file of the journal, from --resume
---@field audit? string          file of the audit, from --audit
---@field record? string         file of the recording, from --record
---@field replay? string         file of the recording, from --replay
---@field words? string[]        SCRIPT and its arguments, from the command line
---@field statements boolean     true: the option -e was given
---@field actions {letter: string, text: string?}[]  the options -e, -l and -W,
---  in their order
---@field init? string           value of LUA_INIT; nil with the option -E
---@field held? mkrun.Log        the journal, opened for --resume or --undo
---@field held_path? string      path of that journal
---@field kept string[]          mkrun's options that a resumed run needs again
---@field folder? string         working directory of the run
---@field trace boolean          true: the option --trace was given
---@field dry_run boolean        true: --dry-run or --plan-out was given
---@field plan_format? "text"|"json"|"deletes"  the plan's format, from --output
---@field rights boolean         true: --rights was given
---@field plan_out? string       file to save the plan to, from --plan-out
---@field approved? string       the deletions that the user has approved, as
---  `mkrun.layer.approved` encodes them
---@field apply? string          file of the plan to apply, from --apply
---@field model? string          module that models the API, for a plan
---@field subject? string        module that names the document that a write
---  changes
---@field color boolean          true: stdout is a terminal that may get colours
---@field script? mkrun.ConfigScript  nil with -e and at the prompt
---@field options table<string, true>  names of mkrun's options: ["--trace"] =
---  true

---@class mkrun.ConfigScript
---@field name? string  name of the script: "onboard"; nil for standard input
---@field path? string  path of the script; nil for standard input
---@field source string  text of the script

---@type mkrun.Config
local config = {}

return config
