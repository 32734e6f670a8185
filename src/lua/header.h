/* header.h - sys.head and sys.tags: the head of a script, for Lua.
**
** lua/sys.c registers them.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HEADER_H
#define MK_LUA_HEADER_H

#include <lua.h>

/* sys.head(source) -> {lines, {name=, ...}, ...}: the lines of the first
** comment, without dashes, then those of each "@name" */
int mk_lua_header(lua_State *L);

/* sys.tags(source) -> list of the tags */
int mk_lua_tags(lua_State *L);

#endif
