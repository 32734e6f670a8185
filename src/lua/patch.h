/* patch.h - the Lua module mkrun.patch: JSON Patch, Merge Patch and Pointer.
**
** host/searcher.c registers this module.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_PATCH_H
#define MK_LUA_PATCH_H

#include <lua.h>

/* patch.apply, patch.diff and patch.merge.  Each of these functions has its own
** file, lua/patch_*.c. */
int mk_patch_apply(lua_State *L);
int mk_patch_diff(lua_State *L);
int mk_patch_merge(lua_State *L);

int luaopen_mkrun_patch(lua_State *L);

#endif
