/* repl.c - runs the interactive prompt.
** SPDX-License-Identifier: MIT */
#include "host/repl.h"

#include "base/interrupt.h"
#include "base/output.h"
#include "base/stream.h"
#include "host/call.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

/* [-0, +1|0, m] Prints the prompt, reads a line and pushes the line without its
** line break.  Returns false at the end of the input. */
static bool push_line(lua_State *L, const char *prompt) {
  luaL_Buffer line;
  int c;
  fputs(prompt, mk_stdout);
  fflush(mk_stdout);
  luaL_buffinit(L, &line);
  while ((c = getc(mk_stdin)) != EOF && c != '\n') luaL_addchar(&line, (char)c);
  luaL_pushresult(&line);
  if (c == '\n' || lua_rawlen(L, -1) > 0) return true;
  lua_pop(L, 1);
  return false;
}

/* Returns true if the error message at the top means that the statement is
** incomplete: the message ends with "<eof>". */
static bool is_incomplete(lua_State *L) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  const char *mark = "<eof>";
  return len >= strlen(mark) && !strcmp(text + len - strlen(mark), mark);
}

static int load_text(lua_State *L, const char *format, const char *text) {
  const char *chunk = lua_pushfstring(L, format, text);
  int status = luaL_loadbufferx(L, chunk, strlen(chunk), "=stdin", "t");
  lua_remove(L, -2);
  return status;
}

/* [-1, +1, m] Compiles the line at the top and pushes the function.  Reads more
** lines while the statement is incomplete.  If the statement is invalid, pushes
** an error message and returns false. */
static bool load_statement(lua_State *L) {
  const char *line = lua_tostring(L, -1);
  int status = load_text(L, "return %s", *line == '=' ? line + 1 : line);
  while (status == LUA_ERRSYNTAX) {
    lua_pop(L, 1);
    status = load_text(L, "%s", lua_tostring(L, -1));
    if (status == LUA_OK || !is_incomplete(L)) break;
    if (!push_line(L, ">> ")) break; /* stack: text, message */
    lua_remove(L, -2);               /* removes the message from the stack */
    lua_pushliteral(L, "\n");
    lua_insert(L, -2);
    lua_concat(L, 3);
    lua_pushnil(L); /* the loop pops the value after the text */
  }
  lua_remove(L, -2); /* removes the text from the stack */
  return status == LUA_OK;
}

/* [-n, +0|1, -] Prints all values on the stack with Lua's function print.
** Returns false if print raised an error; then the message is at the top. */
static bool print_results(lua_State *L) {
  int n = lua_gettop(L);
  if (n == 0) return true;
  luaL_checkstack(L, 2, "too many results to print");
  lua_getglobal(L, "print");
  lua_insert(L, 1);
  return mk_host_call(L, n, 0);
}

bool mk_repl(lua_State *L) {
  lua_settop(L, 0);
  while (push_line(L, "> ")) {
    bool good = load_statement(L) && mk_host_call(L, 0, LUA_MULTRET) &&
                print_results(L);
    if (mk_interrupted()) return false;
    if (!good) mk_host_report(L);
    lua_settop(L, 0);
  }
  fputc('\n', mk_stdout);
  if (!mk_interrupted()) return true;
  lua_pushliteral(L, "interrupted");
  return false;
}
