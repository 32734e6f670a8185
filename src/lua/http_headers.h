/* http_headers.h - builds the tables of header fields in a response.
**
** The table `headers` maps the name of a field, in upper or lower case, to its
** value.  The table `header_list` lists {name, value} of each field in the
** order in which the fields were received.  lua/http_response.c calls this
** file.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_HEADERS_H
#define MK_LUA_HTTP_HEADERS_H

#include <lua.h>

/* [-0, +0, m] Adds the tables `headers` and `header_list` to the table at
** `response`, from its field `head`.  Keeps tables that the response already
** has.  Few scripts read these tables, so this function is called only when a
** script first reads one of the tables. */
void mk_headers_unfold(lua_State *L, int response);

/* [-0, +0, e] Builds the tables `headers` and `header_list` of a response from
** its field `headers`, which a transport set.  Raises an error if that field is
** not a table of header values. */
void mk_headers_complete(lua_State *L, int response);

#endif
