/* header.c - the Lua functions sys.head and sys.tags: read the comment lines at
** the head of a script.
**
** The functions call base/header.c and base/tags.c, as the host does, so that
** both read the head of a script in the same way.
** SPDX-License-Identifier: MIT */
#include "lua/header.h"

#include "base/tags.h"

#include <lauxlib.h>
#include <string.h>

#define LICENSE "SPDX-"

/* [-1, +1, m] Starts a new part for a line "@NAME".  A part is the list of
** lines that belong to the text or to an "@NAME".  Stack before and afterwards:
** [..., parts, part]. */
static void begin_part(lua_State *L, const char *name, size_t len) {
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushlstring(L, name, len);
  lua_setfield(L, -2, "name");
  lua_pushvalue(L, -1);
  lua_rawseti(L, -3, (lua_Integer)lua_rawlen(L, -3) + 1);
}

/* [-1, +1, m] Adds the current comment line to the current part.  A line
** "@NAME" starts a new part.  Stack before and afterwards: [..., parts,
** part]. */
static void add_line(lua_State *L, const struct mk_header *h) {
  const char *text = h->text, *stop = text + h->len;
  size_t len = mk_tags_name(&text, stop);
  if (len == 0) {
    text = h->text;
  } else {
    begin_part(L, text, len);
    for (text += len; text < stop && (*text == ' ' || *text == '\t');) text++;
  }
  /* ignores an empty line after "@NAME" */
  if (text == stop && lua_rawlen(L, -2) > 1) return;
  lua_pushlstring(L, text, (size_t)(stop - text));
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

int mk_lua_header(lua_State *L) {
  size_t len;
  const char *source = luaL_checklstring(L, 1, &len);
  struct mk_header h = mk_header_of(source, len);
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawseti(L, -3, 1);
  while (mk_header_next(&h) && h.block == 1)
    if (h.len < strlen(LICENSE) || strncmp(h.text, LICENSE, strlen(LICENSE)))
      add_line(L, &h);
  lua_pop(L, 1);
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
