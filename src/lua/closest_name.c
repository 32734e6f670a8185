/* closest_name.c - the Lua module mkrun.closest_name: finds the names that are
** closest to a misspelled name.
** SPDX-License-Identifier: MIT */
#include "lua/closest_name.h"

#include "base/closest_name.h"

#include <lauxlib.h>
#include <string.h>

enum { MOST = 3 };

/* A name that the user may have meant.  The string belongs to the Lua list of
** names. */
struct candidate {
  const char *name;
  size_t apart; /* distance from the misspelled name */
};

static bool goes_before(const struct candidate *a, const struct candidate *b) {
  return a->apart != b->apart ? a->apart < b->apart
                              : strcmp(a->name, b->name) < 0;
}

/* Inserts `new` into the sorted list `best`, which has `count` elements.  If
** the list is full, drops the name with the largest distance.  Returns the new
** count. */
static int insert(struct candidate *best, int count, struct candidate new) {
  int at = count;
  for (; at > 0 && goes_before(&new, &best[at - 1]); at--)
    if (at < MOST) best[at] = best[at - 1];
  if (at < MOST) best[at] = new;
  return count < MOST ? count + 1 : count;
}

/* closest_name.find(wanted, names) -> list of at most three names, the closest
** first */
static int l_find(lua_State *L) {
  size_t wanted_len, len;
  const char *wanted = luaL_checklstring(L, 1, &wanted_len);
  luaL_checktype(L, 2, LUA_TTABLE);
  struct candidate best[MOST], one;
  int count = 0;
  for (lua_Integer i = 1; lua_rawgeti(L, 2, i) == LUA_TSTRING; i++) {
    one.name = lua_tolstring(L, -1, &len);
    if (mk_closest_name_measure(wanted, wanted_len, one.name, len, &one.apart))
      count = insert(best, count, one);
    lua_pop(L, 1);
  }
  luaL_argcheck(L, lua_isnil(L, -1), 2, "list of strings expected");
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_pushstring(L, best[i].name);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static const luaL_Reg functions[] = {
    {"find", l_find},
    {NULL, NULL},
};

int luaopen_mkrun_closest_name(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
