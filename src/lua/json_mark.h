/* json_mark.h - which Lua tables are JSON arrays, and which are objects.
**
** A table is an array when it has the array metatable, or when it has no JSON
** metatable and holds an element at 1; any other table is an object.  null is
** the light userdata NULL.  SPDX-License-Identifier: MIT */
#ifndef MK_LUA_JSON_MARK_H
#define MK_LUA_JSON_MARK_H

#include <lua.h>
#include <stdbool.h>

#define MK_JSON_ARRAY "mkrun.json.array"   /* registry names of the two */
#define MK_JSON_OBJECT "mkrun.json.object" /* metatables */

/* [-0, +0, m] Is the table at `index` a JSON array? */
bool mk_json_is_array(lua_State *L, int index);

/* [-0, +0, m] Has the table at `index` one of the two metatables? */
bool mk_json_is_marked(lua_State *L, int index);

/* [-0, +0, m] Marks the table at the top as an array, or as an object. */
void mk_json_mark_array(lua_State *L);
void mk_json_mark_object(lua_State *L);

#endif
