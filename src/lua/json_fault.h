/* json_fault.h - finds out why a Lua value cannot be encoded as JSON.
**
** lua/json.c calls this file when the encoder fails.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_JSON_FAULT_H
#define MK_LUA_JSON_FAULT_H

#include <lua.h>
#include <stdbool.h>

/* [-0, +(0|1), m] Returns false if the value at `index` can be encoded as JSON.
** Otherwise pushes a message and returns true.  The message begins with a JSON
** Pointer to the invalid part: "/spec/roles: mixed table (...)". */
bool mk_json_push_fault(lua_State *L, int index);

#endif
