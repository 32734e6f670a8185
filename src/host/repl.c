/* repl.c - runs the interactive prompt.
** SPDX-License-Identifier: MIT */
#include "host/repl.h"

#include "base/interrupt.h"
#include "base/output.h"
#include "base/stream.h"
#include "host/call.h"
#include "host/entry.h"
#include "host/history.h"
#include "host/line.h"
#include "host/load.h"

#include <dirent.h>
#include <lauxlib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROMPT "> "
#define MORE ">> "

/* The address of this variable is a key in the registry: the module
** mkrun.host.prompt. */
static const char module;

/* The Lua state of the prompt, for the functions that the editor calls. */
static lua_State *state;

/* --- Statements ----------------------------------------------------------- */

/* Returns true if the error message at the top means that the statement is
** incomplete: the message ends with "<eof>". */
static bool is_cut_off(lua_State *L) {
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

/* [-0, +1, m] Compiles the text as an expression or as a statement.  Pushes the
** function, or an error message. */
static bool load_statement(lua_State *L, const char *text) {
  if (load_text(L, "return %s", *text == '=' ? text + 1 : text) != LUA_OK) {
    lua_pop(L, 1);
    if (load_text(L, "%s", text) != LUA_OK) return false;
  }
  mk_load_push_globals(L);
  lua_setupvalue(L, -2, 1);
  return true;
}

/* --- What the editor asks ------------------------------------------------- */

/* Calls the function with two pointers, in a protected call, because an error
** must not jump over the editor. */
static bool call_protected(lua_CFunction f, const void *a, void *b) {
  if (!lua_checkstack(state, 3)) return false;
  lua_pushcfunction(state, f);
  lua_pushlightuserdata(state, (void *)(uintptr_t)a);
  lua_pushlightuserdata(state, b);
  bool good = lua_pcall(state, 2, 0, 0) == LUA_OK;
  if (!good) lua_pop(state, 1);
  return good;
}

static int test_incomplete(lua_State *L) {
  bool *is_incomplete = lua_touserdata(L, 2);
  *is_incomplete = !load_statement(L, lua_touserdata(L, 1)) && is_cut_off(L);
  return 0;
}

static bool is_incomplete(const char *text) {
  bool answer = false;
  call_protected(test_incomplete, text, &answer);
  return answer;
}

/* [-0, +1, m] Pushes a function of the module mkrun.host.prompt. */
static void push_function(lua_State *L, const char *name) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &module);
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
}

/* The function `complete` of the module returns a list of names, and how many
** bytes before the cursor a name replaces. */
static int offer_all(lua_State *L) {
  void *place = lua_touserdata(L, 2);
  push_function(L, "complete");
  lua_pushstring(L, lua_touserdata(L, 1));
  lua_call(L, 1, 2);
  long len = (long)lua_tointeger(L, -1);
  for (lua_Integer i = 1; lua_rawgeti(L, -2, i) == LUA_TSTRING; i++) {
    mk_line_offer(place, lua_tostring(L, -1), len);
    lua_pop(L, 1);
  }
  return 0;
}

static void complete(const char *before, void *place) {
  call_protected(offer_all, before, place);
}

/* --- Reading -------------------------------------------------------------- */

/* What a statement was read by, or why there is none. */
enum outcome { READ, CANCELLED, ENDED };

/* [-0, +1|0, m] Prints the prompt, reads a line and pushes the line without its
** line break. */
static enum outcome read_line(lua_State *L, const char *prompt) {
  luaL_Buffer line;
  int c;
  fputs(prompt, mk_stdout);
  fflush(mk_stdout);
  luaL_buffinit(L, &line);
  while ((c = getc(mk_stdin)) != EOF && c != '\n') luaL_addchar(&line, (char)c);
  luaL_pushresult(&line);
  if (c == EOF && mk_interrupt_number()) {
    clearerr(mk_stdin);
    return CANCELLED;
  }
  return c == '\n' || lua_rawlen(L, -1) > 0 ? READ : ENDED;
}

/* [-0, +1, m] Reads a statement without the editor: more lines while it is
** incomplete.  Pushes its text, or another value. */
static enum outcome read_lines(lua_State *L) {
  int top = lua_gettop(L) + 1;
  enum outcome how = read_line(L, PROMPT);
  while (how == READ && is_incomplete(lua_tostring(L, top))) {
    enum outcome next = read_line(L, MORE);
    if (next == ENDED) return READ; /* the message says what is missing */
    how = next;
    lua_pushliteral(L, "\n");
    lua_insert(L, -2);
    lua_concat(L, 3);
  }
  return how;
}

/* [-0, +1, m] Reads a statement with the editor.  Pushes its text, or nil. */
static enum outcome read_edited(lua_State *L) {
  enum mk_line_end end;
  char *text = mk_line_read(PROMPT, MORE, &end);
  lua_pushstring(L, text);
  free(text);
  if (text) return READ;
  return end == MK_LINE_CANCELLED || mk_interrupt_number() ? CANCELLED : ENDED;
}

/* Remembers a statement, after it was run: from then on all secrets in it are
** known. */
static void remember(const char *text) {
  if (strlen(text) < 2) return; /* the editor does not keep it either */
  if (!mk_history_may_keep(text)) mk_line_forget_last();
  mk_history_add(text);
}

/* --- The loop ------------------------------------------------------------- */

/* [-n, +0|1, -] Prints all values above `base` as the prompt shows values.
** Returns false if that raised an error; then the message is at the top. */
static bool print_results(lua_State *L, int base) {
  int n = lua_gettop(L) - base;
  if (n == 0) return true;
  luaL_checkstack(L, 2, "too many results to print");
  push_function(L, "show");
  lua_insert(L, base + 1);
  return mk_host_call(L, n, 0);
}

/* [-0, +0|1, -] Tells the module which statement is run. */
static bool note(lua_State *L, const char *text) {
  push_function(L, "note");
  lua_pushstring(L, text);
  return mk_host_call(L, 1, 0);
}

static void run(lua_State *L, const char *text) {
  int base = lua_gettop(L);
  bool good = note(L, text) && load_statement(L, text) &&
              mk_host_call(L, 0, LUA_MULTRET) && print_results(L, base);
  if (!good) mk_host_report(L);
  lua_settop(L, base);
}

/* [-0, +0|1, -] Reads and runs statements.  Returns false if a signal ended
** that; then the error message is at the top. */
static bool loop(lua_State *L, bool edits, bool on_terminal) {
  for (;;) {
    lua_settop(L, 0);
    enum outcome how = edits ? read_edited(L) : read_lines(L);
    /* After a signal no code is to run, not even that of a finalizer, which
    ** would swallow the error. */
    bool is_late = how == READ && mk_interrupt_number();
    if (how == READ && !is_late) run(L, lua_tostring(L, 1));
    if (on_terminal && how == CANCELLED && !edits) fputc('\n', mk_stdout);
    if (mk_interrupt_number() && !(on_terminal && mk_interrupt_forget())) break;
    if (how == ENDED) return true;
    if (is_late) mk_host_complain("interrupted");
    if (how == READ && edits) remember(lua_tostring(L, 1));
  }
  mk_interrupted(); /* nothing else stops the script any more */
  lua_pushliteral(L, "interrupted");
  return false;
}

/* list(folder) -> the names of its files; "/" ends the name of a folder.  The
** list is empty if the folder cannot be read. */
static int l_list(lua_State *L) {
  struct dirent **names;
  lua_newtable(L);
  int count = scandir(luaL_checkstring(L, 1), &names, NULL, NULL);
  for (int i = 0; i < count; i++) {
    lua_pushfstring(L, "%s%s", names[i]->d_name,
                    names[i]->d_type == DT_DIR ? "/" : "");
    lua_rawseti(L, 2, i + 1);
    free(names[i]);
  }
  if (count >= 0) free(names);
  return 1;
}

/* [-0, +0|1, -] Loads the module mkrun.host.prompt, and sets the globals of the
** prompt.  Returns false on an error; then the message is at the top. */
static bool start(lua_State *L, bool on_terminal) {
  mk_entry_push(L, MK_ENTRY_PROMPT);
  if (!mk_host_call(L, 0, 1)) return false;
  lua_rawsetp(L, LUA_REGISTRYINDEX, &module);
  push_function(L, "start");
  mk_load_push_globals(L);
  lua_pushstring(L, mk_entry_module(MK_ENTRY_CONNECT));
  lua_pushcfunction(L, l_list);
  lua_pushboolean(L, on_terminal);
  return mk_host_call(L, 4, 0);
}

bool mk_repl(lua_State *L, bool is_confined) {
  static const struct mk_line line = {is_incomplete, complete};
  bool on_terminal = isatty(STDIN_FILENO);
  lua_settop(L, 0);
  state = L;
  if (!start(L, on_terminal)) return false;
  bool edits = mk_line_is_possible() && mk_line_open(&line);
  if (edits && !is_confined) mk_history_open(mk_line_remember);
  bool good = loop(L, edits, on_terminal);
  if (!edits) fputc('\n', mk_stdout);
  return good;
}
