/* base64.c - mkrun.base64: bytes that have to be text (RFC 4648).
** SPDX-License-Identifier: MIT */
#include "lua/base64.h"

#include "base/base64.h"

#include <lauxlib.h>

/* [-0, +1, e] */
static int push_text(lua_State *L, const char *last, bool pads) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  luaL_Buffer text;
  char *room = luaL_buffinitsize(L, &text, MK_BASE64_LEN(len) + 3);
  size_t used = mk_base64_encode(bytes, len, last, room);
  while (pads && used % 4) room[used++] = '=';
  luaL_pushresultsize(&text, used);
  return 1;
}

/* base64.encode(bytes) -> text, section 4 */
static int l_encode(lua_State *L) {
  return push_text(L, MK_BASE64, true);
}

/* base64.encode_url(bytes) -> text, section 5, without padding */
static int l_encode_url(lua_State *L) {
  return push_text(L, MK_BASE64_URL, false);
}

/* base64.decode(text) -> bytes | nil, section 4 */
static int l_decode(lua_State *L) {
  size_t len, used;
  const char *text = luaL_checklstring(L, 1, &len);
  luaL_Buffer bytes;
  char *room = luaL_buffinitsize(L, &bytes, len + 1);
  bool whole = len % 4 == 0;
  for (int i = 0; i < 2 && len > 0 && text[len - 1] == '='; i++) len--;
  if (!whole || !mk_base64_decode(text, len, MK_BASE64, room, &used)) {
    luaL_pushfail(L);
    return 1;
  }
  luaL_pushresultsize(&bytes, used);
  return 1;
}

static const luaL_Reg functions[] = {
    {"encode", l_encode},
    {"encode_url", l_encode_url},
    {"decode", l_decode},
    {NULL, NULL},
};

int luaopen_mkrun_base64(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
