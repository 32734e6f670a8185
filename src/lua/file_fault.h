/* file_fault.h - what a Lua function returns when a file cannot be used.
**
** lua/sys.c, lua/sys_lock.c, lua/sys_log.c and lua/secret.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_FILE_FAULT_H
#define MK_LUA_FILE_FAULT_H

#include <lua.h>

/* [-0, +3, m] Pushes nil, "WHAT: why" and a code for an errno value of
** base/file.h.  Returns 3. */
int mk_file_fault(lua_State *L, const char *what, int error);

/* [-0, +3, m] The same for a file that is locked: EWOULDBLOCK means that
** another run holds it, with the code "busy". */
int mk_file_fault_locked(lua_State *L, const char *what, int error);

#endif
