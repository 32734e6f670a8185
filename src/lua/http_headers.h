/* http_headers.h - builds the header tables of a response.
**
** `headers` has the values by name, in any case.  `header_list` has the fields
** in the order in which they were received.  lua/http_response.c calls this.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_HEADERS_H
#define MK_LUA_HTTP_HEADERS_H

#include <lua.h>

/* [-0, +0, m] Adds both tables to the response at `response`, from its field
** `head`, unless the response has them.  A response calls this when a script
** first reads one of the tables, because few scripts do. */
void mk_headers_unfold(lua_State *L, int response);

/* [-0, +0, e] Replaces the field `headers` that a transport gave by both
** tables.  Raises if it is no table of header values. */
void mk_headers_complete(lua_State *L, int response);

#endif
