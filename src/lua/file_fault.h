/* file_fault.h - pushes the results of a Lua function that failed to use a
** file.
**
** lua/sys.c, lua/sys_lock.c, lua/sys_log.c and lua/secret.c call this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_FILE_FAULT_H
#define MK_LUA_FILE_FAULT_H

#include <lua.h>

/* [-0, +3, m] Pushes nil, the message "WHAT: REASON" and an error code.  `what`
** is the name of the file, `error` is an errno value, which base/file.h turns
** into text.  Returns 3. */
int mk_file_fault(lua_State *L, const char *what, int error);

/* [-0, +3, m] Like mk_file_fault, for an attempt to lock a file.  EWOULDBLOCK
** means that another run holds the lock; then the code is "busy". */
int mk_file_fault_locked(lua_State *L, const char *what, int error);

#endif
