/* option.c - reads options from a Lua table and raises clear errors.
** SPDX-License-Identifier: MIT */
#include "lua/option.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

void mk_option_bad(lua_State *L, int t, const char *name, const char *wanted) {
  const char *got = luaL_typename(L, -1);
  luaL_argerror(L, t,
                lua_pushfstring(L, "option '%s': %s expected, got %s", name,
                                wanted, got));
}

void mk_option_wrong(lua_State *L, int t, const char *name, const char *what) {
  luaL_argerror(L, t, lua_pushfstring(L, "option '%s': %s", name, what));
}

/* [-0, +0, e] Calls p->take for the value at index `value`.  If the value is a
** list, calls p->take for each element of the list. */
static void take_values(lua_State *L, struct mk_pairs *p, int name, int value) {
  if (!lua_istable(L, value)) {
    p->take(L, p, name, value);
    return;
  }
  lua_Unsigned n = lua_rawlen(L, value);
  for (lua_Unsigned i = 1; i <= n; i++) {
    lua_rawgeti(L, value, (lua_Integer)i);
    p->take(L, p, name, lua_gettop(L));
    lua_pop(L, 1);
  }
}

/* [-0, +0, e] Reads the list part of the table: pairs {name, value}. */
static void take_list(lua_State *L, struct mk_pairs *p, int table) {
  lua_Unsigned n = lua_rawlen(L, table);
  for (lua_Unsigned i = 1; i <= n; i++) {
    int top = lua_gettop(L);
    if (lua_rawgeti(L, table, (lua_Integer)i) != LUA_TTABLE)
      mk_option_wrong(L, p->t, p->option, "pairs {name, value} expected");
    lua_rawgeti(L, -1, 1); /* Stack: [..., pair, name, value]. */
    lua_rawgeti(L, -2, 2);
    take_values(L, p, top + 2, top + 3);
    lua_settop(L, top);
  }
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* [-0, +0, e] Checks and counts the string keys of the table.  Skips the list
** part of the table. */
static size_t count_names(lua_State *L, struct mk_pairs *p, int table) {
  lua_Integer listed = (lua_Integer)lua_rawlen(L, table);
  size_t n = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    lua_Integer i = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
    if (i >= 1 && i <= listed) continue;
    if (lua_type(L, -2) != LUA_TSTRING)
      mk_option_wrong(L, p->t, p->option, "names that are strings expected");
    if (strlen(lua_tostring(L, -2)) != lua_rawlen(L, -2))
      mk_option_wrong(L, p->t, p->option, "a NUL byte in a name");
    n++;
  }
  return n;
}

/* [-0, +0, e] Reads the string keys of the table and their values, in bytewise
** order. */
static void take_names(lua_State *L, struct mk_pairs *p, int table) {
  size_t n = count_names(L, p, table), found = 0;
  const char **sorted = lua_newuserdatauv(L, (n + 1) * sizeof *sorted, 0);
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING) sorted[found++] = lua_tostring(L, -2);
  qsort(sorted, found, sizeof *sorted, by_text);
  for (size_t i = 0; i < found; i++) {
    lua_pushstring(L, sorted[i]);
    lua_pushvalue(L, -1);
    lua_rawget(L, table); /* Stack: [..., sorted, name, value]. */
    take_values(L, p, lua_gettop(L) - 1, lua_gettop(L));
    lua_pop(L, 2);
  }
  lua_pop(L, 1);
}

void mk_option_pairs(lua_State *L, struct mk_pairs *p) {
  int type = lua_getfield(L, p->t, p->option);
  if (type != LUA_TNIL && type != LUA_TTABLE)
    mk_option_bad(L, p->t, p->option, "table");
  luaL_checkstack(L, 12, NULL);
  if (type == LUA_TTABLE) {
    take_list(L, p, lua_gettop(L));
    take_names(L, p, lua_gettop(L));
  }
  lua_pop(L, 1);
}
