/* patch_get.h - a JSON Pointer followed through Lua values.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_PATCH_GET_H
#define MK_LUA_PATCH_GET_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "json/pointer.h"

/* A pointer that has no fault, and its length. */
struct mk_text {
  const char *text;
  size_t len;
};

/* [-0, +1, m] Pushes the Lua key that segment `s` of `path` names in the value
** at `index`; when `adding`, it may be a new one.  False: pushes why not. */
bool mk_patch_get_key(lua_State *L, int index, struct mk_text path,
                      struct mk_segment s, bool adding);

/* [-0, +1, m] Pushes the value that `path` leads to from the value at `index`.
** False: pushes why there is none. */
bool mk_patch_get_get(lua_State *L, int index, struct mk_text path);

/* [-0, +1, m] Pushes the segment without its escapes. */
void mk_patch_get_push_segment(lua_State *L, struct mk_segment s);

#endif
