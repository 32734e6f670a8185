/* header.h - the head of a script, for mkrun.sys.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HEADER_H
#define MK_LUA_HEADER_H

#include <lua.h>

/* sys.head(source) -> lines of the first comment, without dashes */
int mk_lua_header(lua_State *L);

/* sys.tags(source) -> words */
int mk_lua_tags(lua_State *L);

#endif
