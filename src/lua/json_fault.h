/* json_fault.h - explains why a Lua value cannot be encoded as JSON.
**
** lua/json.c calls it when the encoder fails.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_JSON_FAULT_H
#define MK_LUA_JSON_FAULT_H

#include <lua.h>
#include <stdbool.h>

/* [-0, +(0|1), m] Returns false if the value at `index` is valid.  Otherwise
** pushes a message that begins with a JSON Pointer to the place, "/spec/roles:
** mixed table (...)", and returns true. */
bool mk_json_push_fault(lua_State *L, int index);

#endif
