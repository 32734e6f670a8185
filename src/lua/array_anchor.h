/* array_anchor.h - pairs equal elements of two arrays that differ much.
**
** lua/array_diff.c calls it if the shortest edit path is too long to find.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_ARRAY_ANCHOR_H
#define MK_LUA_ARRAY_ANCHOR_H

#include <lua.h>

#include "lua/array_path.h"

/* [-0, +0, m] Pairs elements of two arrays of these lengths, which have no
 *pairs
 ** yet.  Between the pairs never more elements change than if all are rewritten
 ** in place. */
void mk_array_anchor(lua_State *L, const struct mk_path *p, size_t a_len,
                     size_t b_len);

#endif
