/* json_fault.h - why a Lua value is no JSON, and where in it.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_JSON_FAULT_H
#define MK_LUA_JSON_FAULT_H

#include <lua.h>
#include <stdbool.h>

/* [-0, +(0|1), m] When the value at `index` cannot be JSON, pushes a message
** that names the place by its JSON Pointer, "/spec/roles: mixed table (...)",
** and returns true. */
bool mk_json_push_fault(lua_State *L, int index);

#endif
