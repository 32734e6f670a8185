/* header.h - the Lua functions sys.head and sys.tags: read the comment lines at
** the head of a script.
**
** lua/sys.c registers these functions.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HEADER_H
#define MK_LUA_HEADER_H

#include <lua.h>

/* sys.head(source) -> {{line, ...}, {name=, line, ...}, ...}
**
** Returns a list of parts.  The first part lists the lines of the first
** comment, without dashes.  Each "@NAME" in that comment starts another part:
** its field `name` is NAME, and it lists the lines that follow. */
int mk_lua_header(lua_State *L);

/* sys.tags(source) -> list of the words in the "@tags" lines of a script */
int mk_lua_tags(lua_State *L);

#endif
