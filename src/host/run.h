/* run.h - one run of mkrun: the Lua state, the script, the exit code.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_RUN_H
#define MK_HOST_RUN_H

#include "base/append_log.h"
#include "base/fault.h"
#include "base/pool.h"
#include "host/config.h"
#include "host/options.h"
#include "host/script.h"

#include <lua.h>
#include <stdbool.h>

enum { MK_DONE = 0, MK_FAILED = 1, MK_USAGE = 2, MK_CHANGES = 3 };

struct mk_host {
  const struct mk_options *options;
  struct mk_config config;
  struct mk_script script;
  struct mk_options joined;   /* with those of a journal; see resume.h */
  struct mk_options recalled; /* with the SCRIPT of a journal */
  struct mk_log journal; /* of --resume and --undo, until a script has it */
  struct mk_pool pool;
  struct mk_fault fault;
  int failure; /* exit code when the script raises an error */
  int success; /* ... and when it does not */
};

/* Does what the options ask for and returns the exit code. */
int mk_host_run(const struct mk_options *o);

/* Prints "mkrun: " and the text on stderr, made safe for a terminal and on one
** line: a name in it may hold line feeds. */
void mk_host_complain(const char *text);

/* Writes what still waits and forgets the secrets of the run; the exit code,
** which is `code` unless something is missing on standard output. */
int mk_host_finish(int code);

/* Prints why the run cannot begin; returns the exit code. */
int mk_host_refuse(const struct mk_fault *fault);

/* [-(nargs + 1), +nresults | 1, -] A protected call; false leaves the message
** on the stack. */
bool mk_host_call(lua_State *L, int nargs, int nresults);

/* [-1, +0, -] Prints the message that a failed call left. */
void mk_host_report(lua_State *L);

/* [-0, +0|1, -] The prompt of -i; false when it was interrupted (repl.c). */
bool mk_repl(lua_State *L);

/* [-0, +0, m] Opens the standard libraries, sets the paths and lets `require`
** find what is built in (vm.c). */
void mk_vm_open(lua_State *L, struct mk_host *host);

/* [-0, +0, m] Sets package.path and package.cpath for the script. */
void mk_vm_set_paths(lua_State *L, const struct mk_host *host);

/* LUA_INIT and the like: the value of NAME_5_4 or of NAME, NULL with -E. */
const char *mk_vm_variable(const struct mk_host *host, const char *name);

#endif
