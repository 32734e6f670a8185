/* value_text.h - formats values for error messages: short, and on one line.
**
** lua/patch*.c call this file.  Its functions redact secrets.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_VALUE_TEXT_H
#define MK_LUA_VALUE_TEXT_H

#include <lua.h>
#include <stddef.h>

#define MK_SHOW_MAX 60   /* limit for the text of a value or a name, in bytes */
#define MK_SHOW_PATH 200 /* limit for the text of a JSON Pointer, in bytes */

/* [-0, +1, m] mk_value_text_name pushes and returns a name, truncated to
** MK_SHOW_MAX bytes.  mk_value_text_path does the same for a JSON Pointer,
** truncated to MK_SHOW_PATH bytes.  Control characters are escaped. */
const char *mk_value_text_name(lua_State *L, const char *text, size_t len);
const char *mk_value_text_path(lua_State *L, const char *text, size_t len);

/* [-0, +0, m] Returns the JSON type of the value at `index`, for a message: "a
** string", "an array", "null", ... */
const char *mk_value_text_type(lua_State *L, int index);

/* [-0, +1, m] Pushes the message "is A, B expected" for two values that differ.
** If two tables differ only in nested values, pushes "PLACE is A, B expected"
** for the first of these values. */
void mk_value_text_difference(lua_State *L, int a, int b);

#endif
