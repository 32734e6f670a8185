/* json_mark.h - tells whether a Lua table is a JSON array or an object.
**
** All code that handles JSON values uses it.  A table with the array metatable
** is an array.  A table with neither metatable is an array if it has an element
** at 1.  Any other table is an object.  null is the light userdata NULL.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_JSON_MARK_H
#define MK_LUA_JSON_MARK_H

#include <lua.h>
#include <stdbool.h>

#define MK_JSON_ARRAY "mkrun.json.array"   /* names of the metatables */
#define MK_JSON_OBJECT "mkrun.json.object" /* in the registry */

/* [-0, +0, m] Returns true if the table at `index` is a JSON array. */
bool mk_json_is_array(lua_State *L, int index);

/* [-0, +0, m] Returns true if the table at `index` has either metatable. */
bool mk_json_is_marked(lua_State *L, int index);

/* [-0, +0, m] Set the metatable of the table at the top. */
void mk_json_mark_array(lua_State *L);
void mk_json_mark_object(lua_State *L);

#endif
