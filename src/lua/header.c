/* header.c - sys.head and sys.tags: the head of a script, for Lua.
**
** They use base/header.c and base/tags.c, so that scripts and the host read a
** head by the same rules.
** SPDX-License-Identifier: MIT */
#include "lua/header.h"

#include "base/tags.h"

#include <lauxlib.h>

int mk_lua_header(lua_State *L) {
  size_t len;
  const char *source = luaL_checklstring(L, 1, &len);
  struct mk_header h = mk_header_of(source, len);
  lua_newtable(L);
  for (lua_Integer i = 1; mk_header_next(&h) && h.block == 1; i++) {
    lua_pushlstring(L, h.text, h.len);
    lua_rawseti(L, -2, i);
  }
  return 1;
}

int mk_lua_tags(lua_State *L) {
  size_t len;
  const char *source = luaL_checklstring(L, 1, &len);
  struct mk_tags t = mk_tags_of(source, len);
  lua_newtable(L);
  for (lua_Integer i = 1; mk_tags_next(&t); i++) {
    lua_pushlstring(L, t.word, t.len);
    lua_rawseti(L, -2, i);
  }
  return 1;
}
