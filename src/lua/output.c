/* output.c - redirects the output of Lua's libraries to base/output.h.
**
** Redirects io.stdin to base/stream.h.
** SPDX-License-Identifier: MIT */
#include "lua/output.h"

#include "base/output.h"
#include "base/redact.h"
#include "base/stream.h"
#include "lua/sealed.h"

#include <lauxlib.h>
#include <string.h>

int mk_lua_redact(lua_State *L) {
  size_t len, used;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_settop(L, 1);
  if (!mk_redact_active() || len == 0) return 1;
  struct mk_buf *clean = mk_sealed_buffer(L);
  if (!mk_redact(clean, text, len, true, &used))
    return luaL_error(L, "not enough memory");
  lua_pushlstring(L, clean->data, clean->len);
  return 1;
}

int mk_lua_confine_output(lua_State *L) {
  (void)L;
  mk_output_confine();
  return 0;
}

/* Replaces print: writes its arguments to mk_stdout. */
static int l_print(lua_State *L) {
  int n = lua_gettop(L);
  for (int i = 1; i <= n; i++) {
    size_t len;
    const char *text = luaL_tolstring(L, i, &len);
    if (i > 1) fputc('\t', mk_stdout);
    fwrite(text, 1, len, mk_stdout);
    lua_pop(L, 1);
  }
  fputc('\n', mk_stdout);
  fflush(mk_stdout);
  return 0;
}

/* Replaces debug.debug: runs lines of standard input as Lua code until the line
** "cont". */
static int l_debug(lua_State *L) {
  char line[256];
  for (;;) {
    fputs("lua_debug> ", mk_stderr);
    if (!fgets(line, sizeof line, mk_stdin) || !strcmp(line, "cont\n"))
      return 0;
    if (luaL_loadbuffer(L, line, strlen(line), "=(debug command)") != LUA_OK ||
        lua_pcall(L, 0, 0, 0) != LUA_OK)
      fprintf(mk_stderr, "%s\n", luaL_tolstring(L, -1, NULL));
    lua_settop(L, 0);
  }
}

/* [-0, +0, m] Makes the Lua file handle in field `name` of the table at the top
** use `file`. */
static void redirect(lua_State *L, const char *name, FILE *file) {
  lua_getfield(L, -1, name);
  luaL_Stream *stream = luaL_checkudata(L, -1, LUA_FILEHANDLE);
  stream->f = file;
  lua_pop(L, 1);
}

void mk_lua_output_install(lua_State *L) {
  lua_getglobal(L, "io");
  redirect(L, "stdin", mk_stdin);
  redirect(L, "stdout", mk_stdout);
  redirect(L, "stderr", mk_stderr);
  lua_pop(L, 1);
  lua_getglobal(L, "debug");
  lua_pushcfunction(L, l_debug);
  lua_setfield(L, -2, "debug");
  lua_pop(L, 1);
  lua_pushcfunction(L, l_print);
  lua_setglobal(L, "print");
}
