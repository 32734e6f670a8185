/* strbuf.c - the output buffer of lua-cjson, in memory of the Lua state.
** SPDX-License-Identifier: MIT */
#include "lua/strbuf.h"

#include <lauxlib.h>

#define FIRST_SIZE ((size_t)1024)
/* memory larger than this is freed, not kept for the next buffer */
#define LARGE ((size_t)1024 * 1024)

/* the address of this variable is the registry key of the kept memory */
static const char kept;

strbuf_t *strbuf_open(strbuf_t *s, lua_State *L) {
  s->L = L;
  s->buf = NULL;
  s->size = 0;
  s->length = 0;
  lua_pushnil(L);
  lua_insert(L, 1);
  return s;
}

strbuf_t *strbuf_open_kept(strbuf_t *s, lua_State *L) {
  strbuf_open(s, L);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &kept) == LUA_TUSERDATA) {
    s->buf = lua_touserdata(L, -1);
    s->size = (size_t)lua_rawlen(L, -1);
    lua_pushboolean(L, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &kept);
  }
  lua_replace(L, 1);
  return s;
}

void strbuf_keep(strbuf_t *s) {
  if (s->size == 0 || s->size > LARGE) return;
  lua_pushvalue(s->L, 1);
  lua_rawsetp(s->L, LUA_REGISTRYINDEX, &kept);
}

/* The old memory (a userdata) stays on the stack until its bytes are copied. */
void strbuf_resize(strbuf_t *s, size_t size) {
  size_t doubled = s->size ? s->size * 2 : FIRST_SIZE;
  if (size < doubled) size = doubled;
  luaL_checkstack(s->L, 1, NULL);
  char *buf = lua_newuserdatauv(s->L, size, 0);
  if (s->length) memcpy(buf, s->buf, s->length);
  lua_replace(s->L, 1);
  s->buf = buf;
  s->size = size;
}
