/* patch_get.h - follows a JSON Pointer through Lua values.
**
** lua/patch*.c call this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_PATCH_GET_H
#define MK_LUA_PATCH_GET_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "json/pointer.h"

/* The text of a valid JSON Pointer. */
struct mk_text {
  const char *text;
  size_t len;
};

/* [-0, +1, m] Pushes the Lua key for segment `s` of `path` in the value at
** `index`.  If `adding` is true, the key may be new.  On an error, pushes a
** message and returns false. */
bool mk_patch_get_key(lua_State *L, int index, struct mk_text path,
                      struct mk_segment s, bool adding);

/* [-0, +1, m] Pushes the value at `path` in the value at `index`.  On an error,
** pushes a message and returns false. */
bool mk_patch_get_get(lua_State *L, int index, struct mk_text path);

/* [-0, +1, m] Pushes the segment, unescaped. */
void mk_patch_get_push_segment(lua_State *L, struct mk_segment s);

#endif
