/* call.h - makes protected calls into Lua, and prints error messages on
** standard error.
**
** The other files of src/host call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_CALL_H
#define MK_HOST_CALL_H

#include <lua.h>
#include <stdbool.h>

struct mk_fault;
struct mk_host;
struct mk_options;

/* Prints "mkrun: " and `text` on standard error.  Prints "?" instead of each
** control character and line break, because `text` may contain names that are
** not trusted. */
void mk_host_complain(const char *text);

/* Prints the message of `fault`.  Returns the exit code: MK_FAILED if the
** machine ran out of a resource, otherwise MK_USAGE. */
int mk_host_refuse(const struct mk_fault *fault);

/* Flushes standard output and standard error, and frees the secrets stored for
** redaction.  Returns `code`, or another exit code if output to standard output
** was lost. */
int mk_host_finish(int code);

/* Prints "not enough memory".  If the option --max-memory was given, the
** message mentions this option. */
void mk_host_complain_memory(const struct mk_options *o);

/* Stores `host` in the Lua state.  Must be called before mk_host_call and
** mk_host_report.  Also makes Lua's function warn print on standard error; as
** in plain Lua, warnings are off until -W or warn "@on". */
void mk_host_attach(lua_State *L, struct mk_host *host);

/* [-(nargs + 1), +nresults | 1, -] Calls the Lua function below the `nargs`
** arguments, protected.  Returns false if the function raised an error; then
** the error message is at the top. */
bool mk_host_call(lua_State *L, int nargs, int nresults);

/* [-1, +0, -] Prints the error message at the top, which a failed mk_host_call
** pushed. */
void mk_host_report(lua_State *L);

#endif
