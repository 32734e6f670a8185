/* sealed.h - makes metatables that no script can change.
**
** A confined script and the host share C objects, and all objects of a type
** share one metatable.  A script that could change it would have its functions
** called by the host, with what only the host may see.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SEALED_H
#define MK_LUA_SEALED_H

#include <lua.h>
#include <stdbool.h>

/* [-0, +0, m] Makes `getmetatable` return false in place of the metatable at
** the top, and `setmetatable` fail. */
void mk_sealed(lua_State *L);

/* [-0, +1, m] Pushes the sealed metatable `name` of the registry.  Returns true
** if it is new. */
bool mk_sealed_type(lua_State *L, const char *name);

#endif
