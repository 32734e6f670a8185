/* value_number.c - assigns an integer to each JSON value, the same integer to
** equal values.
**
** One table maps the hash of a value to its integer.  A second table maps an
** integer to the first value that has this integer.  If two different values
** have the same hash, the second value uses the next free hash.
** SPDX-License-Identifier: MIT */
#include "lua/value_number.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/json_mark.h"
#include "lua/value.h"

static uint64_t mix(uint64_t h) {
  h = (h ^ (h >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
  return h ^ (h >> 29);
}

/* Hashes eight bytes at a time.  The last bytes are padded with zeros, so the
** length is hashed, too. */
static uint64_t hash_bytes(const void *bytes, size_t len) {
  const unsigned char *p = bytes;
  uint64_t h = len, word;
  for (; len >= sizeof word; len -= sizeof word, p += sizeof word) {
    memcpy(&word, p, sizeof word);
    h = mix(h ^ word);
  }
  for (word = 0; len > 0; len--) word = word << 8 | p[len - 1];
  return mix(h ^ word);
}

/* Returns the same hash for 1 and 1.0, because these numbers are equal. */
static uint64_t hash_number(lua_State *L, int index) {
  int is_integer;
  lua_Integer i = lua_tointegerx(L, index, &is_integer);
  if (is_integer) return mix((uint64_t)i + 1);
  lua_Number n = lua_tonumber(L, index);
  return hash_bytes(&n, sizeof n);
}

static uint64_t hash_string(lua_State *L, int index) {
  size_t len;
  const char *text = lua_tolstring(L, index, &len);
  return hash_bytes(text, len);
}

static uint64_t hash(lua_State *L, int index, int depth);

/* Adds up the hashes of the members, because the order of the members
** varies. */
static uint64_t hash_table(lua_State *L, int index, int depth) {
  luaL_checkstack(L, 8, NULL);
  if (depth >= MK_VALUE_DEPTH) mk_value_raise_too_deep(L);
  uint64_t sum = mk_json_is_array(L, index) ? 7 : 11;
  int key = lua_gettop(L) + 1;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    uint64_t name = hash(L, key, depth + 1);
    sum += mix(name * 31 + hash(L, key + 1, depth + 1));
  }
  return mix(sum);
}

static uint64_t hash(lua_State *L, int index, int depth) {
  switch (lua_type(L, index)) {
  case LUA_TTABLE: return hash_table(L, index, depth);
  case LUA_TSTRING: return hash_string(L, index);
  case LUA_TNUMBER: return hash_number(L, index);
  case LUA_TBOOLEAN: return lua_toboolean(L, index) ? 2 : 3;
  default: return 5;
  }
}

void mk_numbering_open(lua_State *L, struct mk_numbering *n) {
  luaL_checkstack(L, 8, NULL);
  lua_newtable(L);
  lua_newtable(L);
  n->slots = lua_gettop(L) - 1;
  n->count = 0;
}

/* [-0, +0, m] Returns true if the value at the top equals the first value that
** has the integer `number`. */
static bool has_number(lua_State *L, const struct mk_numbering *n,
                       lua_Integer number) {
  lua_rawgeti(L, n->slots + 1, number);
  enum mk_equality equality = mk_value_equal(L, -1, -2, NULL);
  if (equality == MK_FAULT) lua_error(L);
  lua_pop(L, 1);
  return equality == MK_EQUAL;
}

uint32_t mk_numbering_of(lua_State *L, struct mk_numbering *n, int array,
                         size_t i) {
  lua_rawgeti(L, array, (lua_Integer)i + 1);
  uint64_t h = hash(L, lua_gettop(L), 0);
  for (;; h++) {
    lua_rawgeti(L, n->slots, (lua_Integer)h);
    lua_Integer number = lua_tointeger(L, -1);
    lua_pop(L, 1);
    if (number == 0) break;
    if (!has_number(L, n, number)) continue;
    lua_pop(L, 1);
    return (uint32_t)number;
  }
  lua_rawseti(L, n->slots + 1, ++n->count);
  lua_pushinteger(L, n->count);
  lua_rawseti(L, n->slots, (lua_Integer)h);
  return n->count;
}

void mk_numbering_close(lua_State *L, struct mk_numbering *n) {
  lua_settop(L, n->slots - 1);
}
