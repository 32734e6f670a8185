/* call.h - protected calls into Lua, and error messages on standard error.
**
** Used by the other files of src/host.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_CALL_H
#define MK_HOST_CALL_H

#include <lua.h>
#include <stdbool.h>

struct mk_fault;
struct mk_host;
struct mk_options;

/* Prints "mkrun: TEXT" on standard error.  Replaces control characters and line
** breaks, because `text` may contain names from outside. */
void mk_host_complain(const char *text);

/* Prints the message of `fault`.  Returns the exit code. */
int mk_host_refuse(const struct mk_fault *fault);

/* Flushes the output and forgets the secrets.  Returns `code`, or an error code
** if standard output could not be written. */
int mk_host_finish(int code);

/* Prints "not enough memory", and names --max-memory if it is set. */
void mk_host_complain_memory(const struct mk_options *o);

/* Stores `host` in the Lua state for the functions below; call it first.  Makes
** warn() print on standard error after -W or warn "@on". */
void mk_host_attach(lua_State *L, struct mk_host *host);

/* [-(nargs + 1), +nresults | 1, -] Protected call.  On false, the message is at
** the top. */
bool mk_host_call(lua_State *L, int nargs, int nresults);

/* [-1, +0, -] Prints the message at the top, which a failed call left. */
void mk_host_report(lua_State *L);

#endif
