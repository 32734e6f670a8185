/* interrupt.c - turns a signal into an error of the running script.
**
** The signal handler sets a hook on the running coroutine.  The hook raises an
** error before the next instruction, so that a loop without function calls
** ends, too.  pcall, xpcall, coroutine.resume and coroutine.close raise the
** error again, so that it reaches the host.
** SPDX-License-Identifier: MIT */
#include "lua/interrupt.h"

#include "base/interrupt.h"

#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

int __real_lua_resume(lua_State *L, lua_State *from, int nargs, int *nres);
int __wrap_lua_resume(lua_State *L, lua_State *from, int nargs, int *nres);
int __real_lua_closethread(lua_State *L, lua_State *from);
int __wrap_lua_closethread(lua_State *L, lua_State *from);

/* The coroutine that runs now.  The variable is global, because a signal
** handler gets only the number of the signal. */
static lua_State *volatile running;

/* Where the script was when it was stopped: "onboard.lua:9", or "". */
static char place[LUA_IDSIZE + 24];

const char *mk_interrupt_place(void) {
  return place;
}

static void on_hook(lua_State *L, lua_Debug *ar) {
  if (lua_getinfo(L, "Sl", ar))
    snprintf(place, sizeof place, "%s:%d", ar->short_src, ar->currentline);
  lua_sethook(L, NULL, 0, 0);
  lua_pushliteral(L, "interrupted");
  lua_error(L);
}

static void stop(void) {
  if (running) lua_sethook(running, on_hook, LUA_MASKCOUNT, 1);
}

static void go_on(void) {
  if (running) lua_sethook(running, NULL, 0, 0);
}

static bool is_stopping(void) {
  return running && lua_gethook(running) == on_hook;
}

/* Sets the running coroutine and returns the previous coroutine.  If the
** previous coroutine has a hook that has not raised an error yet, moves the
** hook to the new coroutine, because the previous coroutine may never run
** again. */
static lua_State *switch_to(lua_State *L) {
  lua_State *before = running;
  running = L;
  if (!before || lua_gethook(before) != on_hook) return before;
  lua_sethook(before, NULL, 0, 0);
  stop();
  return before;
}

/* The linker option --wrap replaces lua_resume and lua_closethread by the two
** functions below.  These two functions record which coroutine runs, because
** Lua does not report that.  The original functions return normally even after
** an error. */
int __wrap_lua_resume(lua_State *L, lua_State *from, int nargs, int *nres) {
  lua_State *before = switch_to(L);
  int status = __real_lua_resume(L, from, nargs, nres);
  switch_to(before);
  return status;
}

int __wrap_lua_closethread(lua_State *L, lua_State *from) {
  lua_State *before = switch_to(L);
  int status = __real_lua_closethread(L, from);
  switch_to(before);
  return status;
}

/* Parts of the context of `finish`.  BELOW is a mask for the number of values
** below the results.  CLEANS_UP marks a call that began after "interrupted" was
** raised: the call belongs to clean-up code, which may catch its own errors.
** Only calls that began earlier raise "interrupted" again. */
enum { BELOW = 3, CLEANS_UP = 4 };

/* [-0, +0, -] Returns the context for `finish`.  On the stack, `below` values
** are below the results. */
static lua_KContext context(int below) {
  return below | (mk_interrupt_raised() ? CLEANS_UP : 0);
}

/* [-?, +?, e] Returns the results of pcall or xpcall.  After an interrupt,
** raises the error again. */
static int finish(lua_State *L, int status, lua_KContext ctx) {
  if (status == LUA_OK || status == LUA_YIELD)
    return lua_gettop(L) - (int)(ctx & BELOW);
  if (mk_interrupt_raised() && !(ctx & CLEANS_UP)) return lua_error(L);
  lua_pushboolean(L, false);
  lua_insert(L, -2);
  return 2;
}

static int l_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, true); /* the first result if the call succeeds */
  lua_insert(L, 1);
  int args = lua_gettop(L) - 2;
  lua_KContext ctx = context(0);
  return finish(L, lua_pcallk(L, args, LUA_MULTRET, 0, ctx, finish), ctx);
}

static int l_xpcall(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  int args = lua_gettop(L) - 2;
  lua_pushboolean(L, true);
  lua_pushvalue(L, 1);
  /* Stack: [function, handler, true, function, arguments]. */
  lua_rotate(L, 3, 2);
  lua_KContext ctx = context(2);
  return finish(L, lua_pcallk(L, args, LUA_MULTRET, 2, ctx, finish), ctx);
}

/* Replaces coroutine.resume and coroutine.close; the upvalue is Lua's own
** function.  After an interrupt, raises the error again. */
static int l_pass_on(lua_State *L) {
  bool cleans_up = mk_interrupt_raised();
  int n = lua_tocfunction(L, lua_upvalueindex(1))(L);
  if (!cleans_up && mk_interrupt_raised() && !lua_toboolean(L, -n))
    return lua_error(L);
  return n;
}

/* Replaces os.execute; the upvalue is Lua's own function.  SIGINT is ignored
** while the command runs.  If SIGINT killed the command, the user pressed
** Ctrl-C, so the script must stop, too. */
static int l_execute(lua_State *L) {
  int n = lua_tocfunction(L, lua_upvalueindex(1))(L);
  const char *how = n == 3 ? lua_tostring(L, -2) : NULL;
  if (how && !strcmp(how, "signal") && lua_tointeger(L, -1) == SIGINT) {
    mk_interrupt_note(SIGINT);
    lua_pushliteral(L, "interrupted");
    return lua_error(L);
  }
  return n;
}

/* [-0, +0, m] Replaces library.NAME.  The original function becomes the upvalue
** of the new function. */
static void replace(lua_State *L, const char *library, const char *name,
                    lua_CFunction function) {
  lua_getglobal(L, library);
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

static void replace_functions(lua_State *L) {
  lua_register(L, "pcall", l_pcall);
  lua_register(L, "xpcall", l_xpcall);
  replace(L, "coroutine", "resume", l_pass_on);
  replace(L, "coroutine", "close", l_pass_on);
  replace(L, "os", "execute", l_execute);
}

void mk_interrupt_install(lua_State *L) {
  static const struct mk_interrupt_script script = {stop, go_on, is_stopping};
  running = L;
  replace_functions(L);
  mk_interrupt_set_script(&script);
  mk_interrupt_catch();
}

void mk_interrupt_release(void) {
  running = NULL;
}
