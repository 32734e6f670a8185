/* interrupt.c - SIGINT, SIGTERM and SIGHUP as an error at a safe point.
**
** CI systems cancel a job by SIGTERM: it has to leave nothing half-written
** either.  The handler sets a hook on the coroutine that runs; the hook raises
** before the next instruction, so tight loops end too.  It raises once: what
** the script has to clean up (__close) then runs undisturbed.  So that the one
** error reaches the host, nothing on its way may keep it: pcall, xpcall,
** coroutine.resume and coroutine.close raise it again.
** SPDX-License-Identifier: MIT */
#include "lua/interrupt.h"

#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Two signals within this time are one wish: wrappers such as timeout(1) send
** it to the process and again to its group. */
#define SAME_WISH_MS 200

int __real_lua_resume(lua_State *L, lua_State *from, int nargs, int *nres);
int __wrap_lua_resume(lua_State *L, lua_State *from, int nargs, int *nres);
int __real_lua_closethread(lua_State *L, lua_State *from);
int __wrap_lua_closethread(lua_State *L, lua_State *from);

/* A signal handler has no argument: this is state of the process. */
static volatile sig_atomic_t caught;  /* its number */
static volatile sig_atomic_t held;    /* depth of mk_interrupt_hold */
static volatile sig_atomic_t pending; /* caught while held, not yet raised */
static lua_State *volatile running;
static struct timespec caught_at;

static void stop(lua_State *L, lua_Debug *ar) {
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  lua_pushliteral(L, "interrupted");
  lua_error(L);
}

/* A hook that has not raised yet goes along: the other coroutine may have no
** instruction left, or stand still for good.  Returns the one before. */
static lua_State *switch_to(lua_State *L) {
  lua_State *before = running;
  running = L;
  if (!caught || !before || lua_gethook(before) != stop) return before;
  lua_sethook(before, NULL, 0, 0);
  if (L) lua_sethook(L, stop, LUA_MASKCOUNT, 1);
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

static long milliseconds_since(const struct timespec *then) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (now.tv_sec - then->tv_sec) * 1000 +
         (now.tv_nsec - then->tv_nsec) / 1000000;
}

static void note_signal(int number) {
  clock_gettime(CLOCK_MONOTONIC, &caught_at);
  caught = number;
}

void mk_interrupt_for(int number) {
  if (caught) return;
  note_signal(number);
  if (held)
    pending = 1;
  else if (running)
    lua_sethook(running, stop, LUA_MASKCOUNT, 1);
}

/* A signal may come between any two lines here: the handler looks at `held`
** first, and so a hook that is set before it counts is taken back below. */
void mk_interrupt_hold(void) {
  held++;
  if (!running || lua_gethook(running) != stop) return;
  lua_sethook(running, NULL, 0, 0);
  pending = 1;
}

void mk_interrupt_let(void) {
  held--;
  if (held || !pending) return;
  pending = 0;
  if (running) lua_sethook(running, stop, LUA_MASKCOUNT, 1);
}

/* Nobody else can end process 1 of a container by a signal that it does not
** catch, and neither can it. */
static void end_at_once(int number) {
  sigset_t only;
  signal(number, SIG_DFL);
  sigemptyset(&only);
  sigaddset(&only, number);
  sigprocmask(SIG_UNBLOCK, &only, NULL);
  raise(number);
  _exit(128 + number);
}

static void on_signal(int number) {
  if (caught) {
    if (milliseconds_since(&caught_at) < SAME_WISH_MS) return;
    end_at_once(number);
    return;
  }
  mk_interrupt_for(number);
}

bool mk_interrupted(void) {
  if (caught && running && lua_gethook(running) == stop)
    lua_sethook(running, NULL, 0, 0);
  pending = 0;
  return caught != 0;
}

int mk_interrupt_number(void) {
  return caught;
}

double mk_interrupt_age(void) {
  return (double)milliseconds_since(&caught_at) / 1000;
}

const char *mk_interrupt_word(void) {
  if (caught == SIGPIPE) return NULL;
  if (caught == SIGTERM) return "terminated";
  return caught == SIGHUP ? "terminal gone" : "interrupted";
}

int mk_interrupt_code(void) {
  return 128 + caught;
}

bool mk_interrupt_raised(void) {
  return caught && !pending && !(running && lua_gethook(running) == stop);
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
    note_signal(SIGINT);
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
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = on_signal}, before;
  running = L;
  replace_functions(L);
  sigemptyset(&action.sa_mask);
  /* Without SA_RESTART, so that a read from a terminal ends too.  Ignored
  ** stays ignored: a background job of a shell, or nohup. */
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    if (sigaction(signals[i], NULL, &before) == 0 &&
        before.sa_handler != SIG_IGN)
      sigaction(signals[i], &action, NULL);
}

void mk_interrupt_release(void) {
  running = NULL;
}
