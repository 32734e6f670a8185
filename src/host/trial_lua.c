/* trial_lua.c - the Lua module mkrun.trial, which `mkrun test` uses: starts
** runs of mkrun, and finds the lines of a file that could run.
** SPDX-License-Identifier: MIT */
#include "host/trial_lua.h"

#include "host/cover.h"
#include "host/trial.h"
#include "host/trial_folder.h"
#include "lua/sealed.h"

#include <errno.h>
#include <lauxlib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUN_TYPE "mkrun.trial.run"

/* The field of the options, by its stack index. */
enum { OPTIONS = 1, TELL = 2 };

static const char *text_field(lua_State *L, const char *name, size_t *len) {
  lua_getfield(L, OPTIONS, name);
  const char *text = lua_tolstring(L, -1, len); /* the table keeps it alive */
  lua_pop(L, 1);
  return text;
}

static bool flag_field(lua_State *L, const char *name) {
  lua_getfield(L, OPTIONS, name);
  bool flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

static double number_field(lua_State *L, const char *name) {
  lua_getfield(L, OPTIONS, name);
  double number = luaL_checknumber(L, -1);
  lua_pop(L, 1);
  return number;
}

/* [-0, +1, e] Returns a NULL-terminated list of the texts in a field, and
** pushes the userdata that holds it. */
static char **push_texts(lua_State *L, const char *name, int *count) {
  luaL_argcheck(L, lua_getfield(L, OPTIONS, name) == LUA_TTABLE, OPTIONS, name);
  int n = (int)luaL_len(L, -1);
  char **texts = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof *texts, 0);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, -2, i + 1);
    texts[i] = (char *)luaL_checkstring(L, -1);
    lua_pop(L, 1);
  }
  texts[n] = NULL;
  lua_remove(L, -2);
  *count = n;
  return texts;
}

static int run_free(lua_State *L) {
  mk_trial_free(luaL_checkudata(L, 1, RUN_TYPE));
  return 0;
}

/* [-0, +1, m] Pushes a run that is freed when the C function returns or raises
** an error. */
static struct mk_trial_run *push_run(lua_State *L) {
  struct mk_trial_run *run = lua_newuserdatauv(L, sizeof *run, 0);
  memset(run, 0, sizeof *run);
  for (int i = 0; i < MK_TRIAL_PIPES; i++) run->pipes[i].fd = -1;
  if (mk_sealed_type(L, RUN_TYPE)) {
    lua_pushcfunction(L, run_free);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, run_free);
    lua_setfield(L, -2, "__close");
  }
  lua_setmetatable(L, -2);
  lua_toclose(L, -1);
  return run;
}

/* [-0, +0, e] Calls the function `tell` for each whole message. */
static void pass_on(lua_State *L, struct mk_trial_pipe *report) {
  struct mk_buf *text = &report->text;
  size_t done = 0;
  for (const char *end;
       text->len > done &&
       (end = memchr(text->data + done, '\n', text->len - done));
       done = (size_t)(end - text->data) + 1) {
    lua_pushvalue(L, TELL);
    lua_pushlstring(L, text->data + done, (size_t)(end - text->data) - done);
    lua_call(L, 1, 0);
  }
  if (done == 0) return;
  memmove(text->data, text->data + done, text->len - done);
  text->len -= done;
}

static void set_text(lua_State *L, const char *name, const struct mk_buf *b) {
  lua_pushlstring(L, b->data ? b->data : "", b->len);
  lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool flag) {
  if (!flag) return;
  lua_pushboolean(L, true);
  lua_setfield(L, -2, name);
}

static void push_result(lua_State *L, const struct mk_trial_run *run) {
  bool killed = WIFSIGNALED(run->status);
  int number = killed ? WTERMSIG(run->status) : 0;
  lua_createtable(L, 0, 6);
  lua_pushinteger(L, killed ? 128 + number : WEXITSTATUS(run->status));
  lua_setfield(L, -2, "code");
  if (killed) {
    lua_pushinteger(L, number);
    lua_setfield(L, -2, "signal");
  }
  set_flag(L, "is_late", run->is_late);
  set_flag(L, "is_full", run->is_full);
  set_text(L, "stdout", &run->pipes[MK_TRIAL_OUT].text);
  set_text(L, "stderr", &run->pipes[MK_TRIAL_ERR].text);
}

static void read_options(lua_State *L, struct mk_trial *t) {
  size_t len;
  t->folder = text_field(L, "folder", &len);
  t->files.input = text_field(L, "stdin", &t->files.input_len);
  t->settings = text_field(L, "settings", &t->settings_len);
  luaL_argcheck(L, t->settings, OPTIONS, "settings");
  t->clock = number_field(L, "clock");
  t->limit = number_field(L, "limit");
  t->is_renewed = flag_field(L, "is_renewed");
  t->files.prints = flag_field(L, "prints");
  t->files.is_aside = flag_field(L, "is_aside");
  t->counts_lines = flag_field(L, "counts_lines");
}

/* trial.run(options, tell) -> {code, signal, is_late, is_full, stdout, stderr}
**   -> nil, message
** Runs mkrun in a process of its own.  `options` has the fields of struct
** mk_trial: argv, variables (NAME=VALUE), folder, stdin, settings, clock,
** limit, is_renewed, prints, is_aside, counts_lines.  Calls tell(message) for
** each message. */
static int l_run(lua_State *L) {
  struct mk_trial trial = {0};
  int unused;
  luaL_checktype(L, OPTIONS, LUA_TTABLE);
  luaL_checktype(L, TELL, LUA_TFUNCTION);
  read_options(L, &trial);
  trial.argv = push_texts(L, "argv", &trial.argc);
  trial.variables = push_texts(L, "variables", &unused);
  struct mk_trial_run *run = push_run(L);
  int error = mk_trial_start(run, &trial);
  if (error) {
    luaL_pushfail(L);
    lua_pushfstring(L, "cannot start a process: %s", strerror(error));
    return 2;
  }
  while (mk_trial_wait(run)) {
    pass_on(L, &run->pipes[MK_TRIAL_REPORT]);
    mk_trial_tell("alive", 5); /* this run waits, and has not stopped */
  }
  pass_on(L, &run->pipes[MK_TRIAL_REPORT]);
  push_result(L, run);
  return 1;
}

/* trial.tell(message): sends a message to the starter of this run. */
static int l_tell(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  mk_trial_tell(text, len);
  return 0;
}

/* trial.lines(function) -> {[12] = true}: the lines that have code in a Lua
** function, and in those inside it. */
static int l_lines(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_argcheck(L, !lua_iscfunction(L, 1), 1, "Lua function expected");
  lua_settop(L, 1);
  mk_cover_push_lines(L);
  return 1;
}

/* trial.clock() -> seconds of the kernel's monotonic clock, also where the
** clocks are simulated */
static int l_clock(lua_State *L) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec / 1e9);
  return 1;
}

/* trial.variables() -> {"NAME=VALUE", ...}: the environment */
static int l_variables(lua_State *L) {
  extern char **environ;
  lua_newtable(L);
  for (lua_Integer i = 0; environ[i]; i++) {
    lua_pushstring(L, environ[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static const luaL_Reg functions[] = {
    {"run", l_run},
    {"tell", l_tell},
    {"lines", l_lines},
    {"clock", l_clock},
    {"variables", l_variables},
    {"list", mk_trial_list},
    {"look", mk_trial_look},
    {"make_folder", mk_trial_make_folder},
    {"make_temporary", mk_trial_make_temporary},
    {NULL, NULL},
};

int luaopen_mkrun_trial(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
