/* interrupt.c - a signal as an error of the script at a safe point.
**
** A signal sets a hook on the coroutine that runs; the hook raises before the
** next instruction, so tight loops end too.  So that the one error reaches the
** host, nothing on its way may keep it: pcall, xpcall, coroutine.resume and
** coroutine.close raise it again.  SPDX-License-Identifier: MIT */
#include "lua/interrupt.h"

#include "base/interrupt.h"

#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <string.h>

int __real_lua_resume(lua_State *L, lua_State *from, int nargs, int *nres);
int __wrap_lua_resume(lua_State *L, lua_State *from, int nargs, int *nres);
int __real_lua_closethread(lua_State *L, lua_State *from);
int __wrap_lua_closethread(lua_State *L, lua_State *from);

/* A signal handler has no argument: this is state of the process. */
static lua_State *volatile running;

static void on_hook(lua_State *L, lua_Debug *ar) {
  (void)ar;
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

/* A hook that has not raised yet goes along: the other coroutine may have no
** instruction left, or stand still for good.  Returns the one before. */
static lua_State *switch_to(lua_State *L) {
  lua_State *before = running;
  running = L;
  if (!before || lua_gethook(before) != on_hook) return before;
  lua_sethook(before, NULL, 0, 0);
  stop();
  return before;
}

/* The linker puts these in the place of Lua's own (--wrap): Lua itself does
** not say which coroutine runs, be it to go on or to close its variables.
** Neither leaves by longjmp. */
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

/* What is called after the error was raised cleans up, and may fail: only
** errors of what began before that are passed on. */
enum { BELOW = 3, CLEANS_UP = 4 };

/* [-0, +0, -] For finish: so many values lie below the results. */
static lua_KContext context(int below) {
  return below | (mk_interrupt_raised() ? CLEANS_UP : 0);
}

/* [-?, +?, e] The end of pcall and xpcall. */
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
  lua_pushboolean(L, true); /* first result when all goes well */
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
  lua_rotate(L, 3, 2); /* stack: function handler true function arguments */
  lua_KContext ctx = context(2);
  return finish(L, lua_pcallk(L, args, LUA_MULTRET, 2, ctx, finish), ctx);
}

/* The upvalue is Lua's own coroutine.resume, or coroutine.close. */
static int l_pass_on(lua_State *L) {
  bool cleans_up = mk_interrupt_raised();
  int n = lua_tocfunction(L, lua_upvalueindex(1))(L);
  if (!cleans_up && mk_interrupt_raised() && !lua_toboolean(L, -n))
    return lua_error(L);
  return n;
}

/* The upvalue is Lua's own os.execute, during which the C library ignores
** SIGINT: that the child died of one means that the user wants an end. */
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

/* [-0, +0, m] Gives library.name as an upvalue to what takes its place. */
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
