/* base64.c - the Lua module mkrun.base64: encodes bytes as text and decodes the
** text (RFC 4648).
** SPDX-License-Identifier: MIT */
#include "lua/base64.h"

#include "base/base64.h"

#include <lauxlib.h>

/* [-0, +1, e] Pushes argument 1 as base64 text.  `last` has the two last digits
** of the alphabet. */
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

/* base64.encode(bytes) -> text with padding (RFC 4648, section 4) */
static int l_encode(lua_State *L) {
  return push_text(L, MK_BASE64, true);
}

/* base64.encode_url(bytes) -> text without padding that is safe in a URL (RFC
** 4648, section 5) */
static int l_encode_url(lua_State *L) {
  return push_text(L, MK_BASE64_URL, false);
}

/* base64.decode(text) -> bytes, or nil if the text is not base64 with padding
** (RFC 4648, section 4) */
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
