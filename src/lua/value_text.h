/* value_text.h - values as error messages show them: short and on one line.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_VALUE_TEXT_H
#define MK_LUA_VALUE_TEXT_H

#include <lua.h>
#include <stddef.h>

#define MK_SHOW_MAX 60   /* bytes of a value or a name in a message */
#define MK_SHOW_PATH 200 /* bytes of a pointer */

/* [-0, +1, m] Pushes and returns a name, or a pointer, cut to that many bytes,
** control characters escaped. */
const char *mk_value_text_name(lua_State *L, const char *text, size_t len);
const char *mk_value_text_path(lua_State *L, const char *text, size_t len);

/* [-0, +0, m] "a string", "an array", "null", ... */
const char *mk_value_text_type(lua_State *L, int index);

/* [-0, +1, m] Pushes and returns the value as JSON, members sorted, cut to
** MK_SHOW_MAX bytes. */
const char *mk_value_text_value(lua_State *L, int index);

/* [-0, +1, m] Pushes "is A, B expected" for two values that are not equal, or
** "PLACE is A, B expected" when they differ only below. */
void mk_value_text_difference(lua_State *L, int a, int b);

#endif
