/* sealed.h - keeps scripts away from what is for C only: metatables, and parts
** of Lua's `debug` library.  Makes a buffer with such a metatable.
**
** A confined script and the host share C objects, and all objects of a type
** share one metatable.  A script that could change it would have its functions
** called by the host, with what only the host may see.
**
** Our C code identifies a userdata by its metatable.  It keeps values alive in
** user values, in the registry, in upvalues and in stack slots.  If a script
** changed one of these by `debug`, C could read freed or wrong memory.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SEALED_H
#define MK_LUA_SEALED_H

#include "base/buf.h"

#include <lua.h>
#include <stdbool.h>

/* [-0, +0, m] Makes `getmetatable` return false in place of the metatable at
** the top, and `setmetatable` fail. */
void mk_sealed(lua_State *L);

/* [-0, +1, m] Pushes the sealed metatable `name` of the registry.  Returns true
** if it is new. */
bool mk_sealed_type(lua_State *L, const char *name);

/* [-0, +1, m] Pushes an empty buffer.  The buffer is freed when the calling C
** function returns or raises an error. */
struct mk_buf *mk_sealed_buffer(lua_State *L);

/* [-0, +0, m] Makes debug.setuservalue and debug.getregistry raise an error.
** Makes debug.setmetatable raise an error for a userdata.  Hides upvalues and
** local variables of C functions.  host/vm.c calls this function after it has
** opened Lua's libraries. */
void mk_lua_debug_install(lua_State *L);

#endif
