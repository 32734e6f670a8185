/* json_mark.h - tells whether a Lua table is a JSON array or an object.
**
** All code that handles JSON values calls this file.  A table with the array
** metatable is an array.  A table with the object metatable is an object.
** Without these metatables, a table is an array if it has an element at index
** 1.  Otherwise the table is an object.  The JSON value null is the light
** userdata NULL.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_JSON_MARK_H
#define MK_LUA_JSON_MARK_H

#include <lua.h>
#include <stdbool.h>

#define MK_JSON_ARRAY "mkrun.json.array"   /* name of the array metatable */
#define MK_JSON_OBJECT "mkrun.json.object" /* name of the object metatable */

/* [-0, +0, m] Returns true if the table at `index` is a JSON array. */
bool mk_json_is_array(lua_State *L, int index);

/* [-0, +0, m] Returns true if the table at `index` has the array metatable or
** the object metatable. */
bool mk_json_is_marked(lua_State *L, int index);

/* [-0, +0, m] Marks the table at the top as a JSON array or as a JSON
** object. */
void mk_json_mark_array(lua_State *L);
void mk_json_mark_object(lua_State *L);

#endif
