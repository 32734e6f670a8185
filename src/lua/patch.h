/* patch.h - mkrun.patch: JSON Patch, Merge Patch and Pointer.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_PATCH_H
#define MK_LUA_PATCH_H

#include <lua.h>

/* The Lua functions of the module that have a file of their own. */
int mk_patch_apply(lua_State *L);
int mk_patch_diff(lua_State *L);
int mk_patch_merge(lua_State *L);

int luaopen_mkrun_patch(lua_State *L);

#endif
