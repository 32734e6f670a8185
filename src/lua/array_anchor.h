/* array_anchor.h - pairs equal elements of two arrays that differ much.
**
** lua/array_diff.c calls this file if finding the shortest edit path would take
** too many steps.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_ARRAY_ANCHOR_H
#define MK_LUA_ARRAY_ANCHOR_H

#include <lua.h>

#include "lua/array_path.h"

/* [-0, +0, m] Pairs equal elements of the arrays p->a and p->b, which have
** `a_len` and `b_len` elements.  p->pairs must be all 0.  Using the pairs never
** changes more elements than rewriting every element in place. */
void mk_array_anchor(lua_State *L, const struct mk_path *p, size_t a_len,
                     size_t b_len);

#endif
