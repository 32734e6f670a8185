/* call.h - protected calls of Lua, and messages on standard error.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_CALL_H
#define MK_HOST_CALL_H

#include <lua.h>
#include <stdbool.h>

struct mk_fault;
struct mk_host;
struct mk_options;

/* Prints "mkrun: " and the text on stderr, made safe for a terminal and on one
** line: a name in it may hold line feeds. */
void mk_host_complain(const char *text);

/* Prints why the run cannot begin; returns the exit code. */
int mk_host_refuse(const struct mk_fault *fault);

/* Writes what still waits and forgets the secrets of the run; the exit code,
** which is `code` unless something is missing on standard output. */
int mk_host_finish(int code);

/* The same of memory that ended, with the option that may have set a limit. */
void mk_host_complain_memory(const struct mk_options *o);

/* Makes `host` the one that calls of this state report to; call it first.
** warn() prints on stderr, too, after -W or warn "@on". */
void mk_host_attach(lua_State *L, struct mk_host *host);

/* [-(nargs + 1), +nresults | 1, -] A protected call; false leaves the message
** on the stack. */
bool mk_host_call(lua_State *L, int nargs, int nresults);

/* [-1, +0, -] Prints the message that a failed call left. */
void mk_host_report(lua_State *L);

#endif
