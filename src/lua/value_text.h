/* value_text.h - formats values for error messages: short, and on one line.
**
** The lua/patch files call it.  Secrets are redacted.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_VALUE_TEXT_H
#define MK_LUA_VALUE_TEXT_H

#include <lua.h>
#include <stddef.h>

#define MK_SHOW_MAX 60   /* limit for a value or a name, in bytes */
#define MK_SHOW_PATH 200 /* limit for a pointer, in bytes */

/* [-0, +1, m] Push and return a name or a pointer, truncated to its limit and
** with control characters escaped. */
const char *mk_value_text_name(lua_State *L, const char *text, size_t len);
const char *mk_value_text_path(lua_State *L, const char *text, size_t len);

/* [-0, +0, m] Returns "a string", "an array", "null", ... */
const char *mk_value_text_type(lua_State *L, int index);

/* [-0, +1, m] Pushes "is A, B expected" for two values that differ.  If they
** differ only inside, pushes "PLACE is A, B expected". */
void mk_value_text_difference(lua_State *L, int a, int b);

#endif
