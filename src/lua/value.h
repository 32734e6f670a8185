/* value.h - copies and compares JSON values held in Lua.
**
** The lua/patch files call it.  A function that meets a value that is not JSON
** (a function, an array with a hole, a key that is not a string, a cycle)
** returns false or MK_FAULT and pushes a message that begins with the JSON
** Pointer of the value.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_VALUE_H
#define MK_LUA_VALUE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#define MK_VALUE_DEPTH 1000 /* limit for the nesting of arrays and objects */

/* The place of a value below the root of a traversal: a list from the inside
** out.  NULL is the root. */
struct mk_place {
  const struct mk_place *up;
  int key; /* stack index of the key: a string, or an integer from 1 */
  int depth;
};

enum mk_equality { MK_DIFFERENT, MK_EQUAL, MK_FAULT };

/* Returns the place one level down.  `key` is a positive stack index. */
struct mk_place mk_place_below(const struct mk_place *up, int key);

/* Returns true if a value at this place is at the depth limit. */
bool mk_place_too_deep(const struct mk_place *place);

/* [-0, +0, v] Raises the error for a value above the depth limit. */
void mk_value_raise_too_deep(lua_State *L);

/* [-0, +1, m] Pushes the place as a JSON Pointer. */
void mk_place_push(lua_State *L, const struct mk_place *place);

/* [-0, +1, m] Pushes "PLACE: WHAT" and returns false. */
bool mk_value_fault(lua_State *L, const struct mk_place *place,
                    const char *what);

/* Returns an error message for a key of an array (with `n` elements) or an
** object, or NULL. */
const char *mk_value_key_fault(lua_State *L, int key, bool array, size_t n);

/* [-0, +0, m] Returns an error message for the keys of a table, or NULL. */
const char *mk_value_table_fault(lua_State *L, int index, bool array);

/* [-0, +0, v] Raises unless argument `arg` is a table or a JSON scalar. */
void mk_value_check(lua_State *L, int arg);

/* [-0, +0, m] Returns true if the table at `index` has the object metatable. */
bool mk_value_marked_object(lua_State *L, int index);

/* [-0, +1, m] Push a copy: of one level of a table, or of a whole value.  Keep
** the array and object metatables, but no others.  Messages give the place
** below `place`, which may be NULL. */
bool mk_value_copy_table(lua_State *L, int index);
bool mk_value_copy(lua_State *L, int index, const struct mk_place *place);

/* [-0, +1, m] Like mk_value_copy, but fails if it copies more than `*left`
** values.  Subtracts their number from `*left`. */
bool mk_value_copy_within(lua_State *L, int index, size_t *left);

/* [-0, +0, m] Compares two values.  Numbers compare by value; {} and [] differ.
** On MK_FAULT [-0, +1, m]. */
enum mk_equality mk_value_equal(lua_State *L, int a, int b,
                                const struct mk_place *place);

/* Compares bytewise.  Returns a number below, equal to or above zero. */
int mk_text_compare(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
