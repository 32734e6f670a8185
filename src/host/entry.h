/* entry.h - the functions of the Lua library that the host calls.
**
** host/run.c, host/resume.c, host/config.c and host/searcher.c use it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_ENTRY_H
#define MK_HOST_ENTRY_H

#include <lua.h>

enum mk_entry {
  MK_ENTRY_LIST,          /* --list */
  MK_ENTRY_MANUAL,        /* mkrun help [NAME] */
  MK_ENTRY_HELP,          /* --help SCRIPT */
  MK_ENTRY_PLAN_START,    /* --dry-run: before the script */
  MK_ENTRY_PLAN_FINISH,   /* --dry-run: after the script */
  MK_ENTRY_PLAN_STOP,     /* --dry-run: after the script failed */
  MK_ENTRY_APPLY,         /* --apply: runs the script of a plan */
  MK_ENTRY_APPLIED,       /* --apply: after the tasks have ended */
  MK_ENTRY_REPLAY,        /* --replay: replaces the network */
  MK_ENTRY_REPLAY_FINISH, /* --replay: after the script */
  MK_ENTRY_SANDBOX,       /* --sandbox: replaces the network */
  MK_ENTRY_MODEL,         /* module: the API in --dry-run and --apply */
  MK_ENTRY_SUBJECT,       /* module: the subject of a write, for the audit */
  MK_ENTRY_RESUME,        /* --resume: SCRIPT and arguments from the journal */
  MK_ENTRY_LAYERS,        /* installs the layers above mkrun.http */
  MK_ENTRY_RENAMED,       /* loads a module by its old name */
};

/* [-0, +1, m] Pushes a function that requires the module of the entry, calls
** the entry with its arguments, and returns the results.  For a module, it
** returns the module. */
void mk_entry_push(lua_State *L, enum mk_entry entry);

#endif
