/* value.h - JSON values as Lua values: their kinds, copies, equality.
**
** A value that is not JSON (a function, an array with a hole, a key that is no
** string, a cycle) is a fault: the function returns false, or MK_FAULT, with a
** message at the top of the stack that begins with the pointer of the place.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_VALUE_H
#define MK_LUA_VALUE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#define MK_VALUE_DEPTH 1000 /* levels of arrays and objects in one value */

/* Where a value stands below the one that a walk began with.  A chain from
** the inside out; NULL is the beginning itself. */
struct mk_place {
  const struct mk_place *up;
  int key; /* stack index of the Lua key: a string, or a number from 1 */
  int depth;
};

enum mk_equality { MK_DIFFERENT, MK_EQUAL, MK_FAULT };

/* Goes one level down; `key` is a positive stack index. */
struct mk_place mk_place_below(const struct mk_place *up, int key);

/* Is a value at this place as deep as a value may go? */
bool mk_place_too_deep(const struct mk_place *place);

/* [-0, +0, v] Raises what a value that is too deep deserves. */
void mk_value_raise_too_deep(lua_State *L);

/* [-0, +1, m] Pushes the JSON Pointer of a place. */
void mk_place_push(lua_State *L, const struct mk_place *place);

/* [-0, +1, m] Pushes "PLACE: WHAT" and returns false. */
bool mk_value_fault(lua_State *L, const struct mk_place *place,
                    const char *what);

/* What is wrong with one key of a table, or NULL. */
const char *mk_value_key_fault(lua_State *L, int key, bool array, size_t n);

/* [-0, +0, m] What is wrong with the keys of a table, or NULL. */
const char *mk_value_table_fault(lua_State *L, int index, bool array);

/* What is wrong with a value that is no table, or NULL. */
const char *mk_value_scalar_fault(lua_State *L, int index);

/* [-0, +0, v] Raises unless argument `arg` is a table or a JSON scalar. */
void mk_value_check(lua_State *L, int arg);

/* [-0, +0, m] Does the table at `index` carry the mark of an object? */
bool mk_value_marked_object(lua_State *L, int index);

/* [-0, +1, m] Copies one table, or a value with all that is in it.  The marks
** of arrays and objects are kept; other metatables are not.  Messages tell the
** place below `place`, which may be NULL. */
bool mk_value_copy_table(lua_State *L, int index);
bool mk_value_copy(lua_State *L, int index, const struct mk_place *place);

/* [-0, +1, m] The same, for at most `*left` values, which then are deducted. */
bool mk_value_copy_within(lua_State *L, int index, size_t *left);

/* [-0, +0, m] Numbers compare by value; {} and [] are different.  On MK_FAULT
** [-0, +1, m]. */
enum mk_equality mk_value_equal(lua_State *L, int a, int b,
                                const struct mk_place *place);

/* Bytewise order: below, equal to or above zero. */
int mk_text_compare(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
