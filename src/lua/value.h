/* value.h - copies and compares JSON values held in Lua.
**
** lua/patch*.c and lua/array_diff.c call this file.  A Lua value is not JSON if
** it contains a function, an array with a hole, a key that is not a string, or
** a cycle.  For such a value, a function below returns false or MK_FAULT.  Then
** it also pushes an error message that begins with the JSON Pointer of the
** invalid part.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_VALUE_H
#define MK_LUA_VALUE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#define MK_VALUE_DEPTH 1000 /* limit for the nesting of arrays and objects */

/* The place of a value in a document: its key and, by `up`, the place of the
** table that contains the value.  The place of the whole document is NULL. */
struct mk_place {
  const struct mk_place *up;
  int key; /* stack index of the key, which is a string or an integer from 1 */
  int depth; /* number of keys from the root to the value */
};

enum mk_equality { MK_DIFFERENT, MK_EQUAL, MK_FAULT };

/* Returns the place of a child of the table at `up`.  `key` is the stack index
** of its key, a positive number. */
struct mk_place mk_place_below(const struct mk_place *up, int key);

/* Returns true if a value at this place is at the depth limit. */
bool mk_place_too_deep(const struct mk_place *place);

/* [-0, +0, v] Raises the error for a value that is nested deeper than the depth
** limit. */
void mk_value_raise_too_deep(lua_State *L);

/* [-0, +1, m] Pushes the place as a JSON Pointer. */
void mk_place_push(lua_State *L, const struct mk_place *place);

/* [-0, +1, m] Pushes "PLACE: WHAT" and returns false. */
bool mk_value_fault(lua_State *L, const struct mk_place *place,
                    const char *what);

/* Returns an error message if the key at stack index `key` is not valid in an
** array with `n` elements (if `array`), or in an object.  Otherwise returns
** NULL. */
const char *mk_value_key_fault(lua_State *L, int key, bool array, size_t n);

/* [-0, +0, m] Returns an error message if the table at `index` has a key that
** is not valid in an array (if `array`), or in an object.  Otherwise returns
** NULL. */
const char *mk_value_table_fault(lua_State *L, int index, bool array);

/* [-0, +0, v] Raises an error unless argument `arg` is a table or a JSON
** scalar. */
void mk_value_check(lua_State *L, int arg);

/* [-0, +0, m] Returns true if the table at `index` has the object metatable. */
bool mk_value_marked_object(lua_State *L, int index);

/* [-0, +1, m] mk_value_copy_table pushes a copy of one level of a table.
** mk_value_copy pushes a deep copy of a value.  A copy keeps the array and
** object metatables, but no other metatables.  Error messages begin with a JSON
** Pointer below `place`, which may be NULL. */
bool mk_value_copy_table(lua_State *L, int index);
bool mk_value_copy(lua_State *L, int index, const struct mk_place *place);

/* [-0, +1, m] Like mk_value_copy, but fails if it copies more than `*left`
** values.  Subtracts the number of copied values from `*left`. */
bool mk_value_copy_within(lua_State *L, int index, size_t *left);

/* [-0, +0, m] Compares two values.  Numbers are compared by value.  {} and []
** differ.  If it returns MK_FAULT, also pushes an error message. */
enum mk_equality mk_value_equal(lua_State *L, int a, int b,
                                const struct mk_place *place);

/* Compares two strings bytewise.  Returns a negative number, 0 or a positive
** number, as memcmp does. */
int mk_text_compare(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
