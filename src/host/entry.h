/* entry.h - a list of the functions and modules of the Lua library that the
** host uses.
**
** The host is the C code in src/host.  apply.c, config.c, repl.c, resume.c,
** run.c and searcher.c call mk_entry_push.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_ENTRY_H
#define MK_HOST_ENTRY_H

#include <lua.h>

enum mk_entry {
  /* Prints the list of built-in flows, for --list. */
  MK_ENTRY_LIST,
  /* Prints what each built-in flow may do, for --list --needs. */
  MK_ENTRY_LIST_NEEDS,
  /* Prints a page of the manual, for `mkrun help [NAME]`. */
  MK_ENTRY_MANUAL,
  /* Prints the bill of materials, for --sbom. */
  MK_ENTRY_SBOM,
  /* Writes the declarations for editors, for --types. */
  MK_ENTRY_TYPES,
  /* Prints what the last word of a command line may become, for a shell. */
  MK_ENTRY_COMPLETE,
  /* Returns names in the file of --sandbox, for a shell. */
  MK_ENTRY_NAMES,
  /* Prints the help text of the script, for --help SCRIPT. */
  MK_ENTRY_HELP,
  /* Starts a plan, for --dry-run.  Called before the script runs. */
  MK_ENTRY_PLAN_START,
  /* Prints the plan.  Called after the script has ended without an error. */
  MK_ENTRY_PLAN_FINISH,
  /* Prints the plan up to an error.  Called after the script has failed. */
  MK_ENTRY_PLAN_STOP,
  /* Reads the plan of --apply and returns its script and the arguments. */
  MK_ENTRY_APPLY,
  /* Raises an error if a write of the plan was not sent.  Called after the
  ** script of --apply and its tasks have ended. */
  MK_ENTRY_APPLIED,
  /* Opens the transport for --replay, which answers requests from a file. */
  MK_ENTRY_REPLAY,
  /* Called after the script of --replay has ended. */
  MK_ENTRY_REPLAY_FINISH,
  /* Opens the transport for --sandbox, which answers requests from a model of
  ** the API. */
  MK_ENTRY_SANDBOX,
  /* The module that predicts the API's responses during --dry-run and
  ** --apply. */
  MK_ENTRY_MODEL,
  /* The module that names the resource that a write request changes. */
  MK_ENTRY_SUBJECT,
  /* Returns the script and the arguments of the run that --resume continues. */
  MK_ENTRY_RESUME,
  /* Installs the layers above mkrun.http, through which all requests pass. */
  MK_ENTRY_LAYERS,
  /* Binds the main function of a script to what the script may do. */
  MK_ENTRY_CONFINE,
  /* Loads the files of @provider for a script that is not confined. */
  MK_ENTRY_PROVIDERS,
  /* Refuses options for providers that the run has not loaded.  Called after
  ** the script has ended. */
  MK_ENTRY_NAMED,
  /* Prints what the provider is that a script has returned. */
  MK_ENTRY_TOLD,
  /* Adds a provider that a confined script has declared. */
  MK_ENTRY_DECLARE,
  /* Says what a request means by the declaration of its provider. */
  MK_ENTRY_MEANING,
  /* The module that names the operation of a request to the API, and the files
  ** that an input file names. */
  MK_ENTRY_NEEDS,
  /* The module that makes the worlds of trials, for `mkrun test`. */
  MK_ENTRY_TRIAL,
  /* Returns the transport of a trial, which has the sandbox of its test. */
  MK_ENTRY_TRIAL_SANDBOX,
  /* Returns the loader of a module that was renamed, given its old name. */
  MK_ENTRY_RENAMED_LOADER,
  /* Returns the new name of a module of the provider, given its old name. */
  MK_ENTRY_RENAMED,
  /* The table of facts of the provider, which is the file host.lua of its
  ** library. */
  MK_ENTRY_PROVIDER,
  /* Adds the nearest name to a message about a method or a field that does not
  ** exist. */
  MK_ENTRY_MEANT,
  /* Returns an error as a line of JSON. */
  MK_ENTRY_FAULT_JSON,
  /* The module that prints values, completes names and explains them at the
  ** prompt. */
  MK_ENTRY_PROMPT,
  /* Returns the object of the token, which is a global of the prompt. */
  MK_ENTRY_CONNECT,
};

/* [-0, +1, m] Pushes a Lua function.  The function loads the entry's module
** with `require`, calls the entry with the function's own arguments, and
** returns the results.  If the entry is a module, the function returns the
** module. */
void mk_entry_push(lua_State *L, enum mk_entry entry);

/* Returns the name of the entry's module. */
const char *mk_entry_module(enum mk_entry entry);

#endif
