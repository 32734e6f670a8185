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
  MK_ENTRY_PLAN_FINISH,   /* ... after it */
  MK_ENTRY_PLAN_STOP,     /* ... after it failed */
  MK_ENTRY_APPLY,         /* --apply: the script of a plan, and its words */
  MK_ENTRY_APPLIED,       /* ... when its tasks have ended */
  MK_ENTRY_REPLAY,        /* --replay in the place of the wire */
  MK_ENTRY_REPLAY_FINISH, /* ... after the script */
  MK_ENTRY_SANDBOX,       /* --sandbox in the place of the wire */
  MK_ENTRY_MODEL,         /* module: the API as --dry-run and --apply see it */
  MK_ENTRY_SUBJECT,       /* module: what a write is about */
  MK_ENTRY_RESUME,        /* --resume: the words of the journal's run */
  MK_ENTRY_LAYERS,        /* the layers above mkrun.http */
  MK_ENTRY_RENAMED,       /* the loader of a module by its old name */
};

/* [-0, +1, m] Pushes a function that requires the module of the entry, calls
** the entry with its arguments, and returns the results.  For a module, it
** returns the module. */
void mk_entry_push(lua_State *L, enum mk_entry entry);

#endif
