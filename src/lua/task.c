/* task.c - the Lua module mkrun.task.core: spawn, wait, cancel and sleep.
** SPDX-License-Identifier: MIT */
#include "lua/task.h"

#include "base/interrupt.h"
#include "http/loop.h"
#include "http/session.h"
#include "lua/net.h"
#include "lua/sealed.h"
#include "lua/task_sched.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>

#define TASK_TYPE "mkrun.task.handle"
#define SLEEP_TYPE "mkrun.task.sleep"

static const char *const state_names[] = {"ready", "running", "waiting",
                                          "done",  "failed",  "cancelled"};

static struct mk_task *check_task(lua_State *L, int arg) {
  return luaL_checkudata(L, arg, TASK_TYPE);
}

/* The debug build reports leaked tasks.  With -W, it warns of each task for
** which the script did not wait.  With and without -W, it reports each task
** that is garbage-collected before the task has ended, because every way to end
** a run must end all tasks. */
#ifdef MK_DEBUG
static void note_place(lua_State *L, struct mk_task *t) {
  luaL_where(L, 1);
  snprintf(t->where, sizeof t->where, "%s", lua_tostring(L, -1));
  lua_pop(L, 1);
}

static void report_leak(const struct mk_task *t) {
  /* a running task called os.exit */
  if (t->over || t->state == MK_RUNNING) return;
  fprintf(stderr, "mkrun: leak: %sthe task never ended\n", t->where);
}

/* [-0, +0, m] Warns if the task has not ended. */
static void warn_left_behind(lua_State *L, const struct mk_task *t) {
  if (t->over) return;
  lua_pushfstring(L, "%snobody waits for this task", t->where);
  lua_warning(L, lua_tostring(L, -1), 0);
  lua_pop(L, 1);
}
#else
#define note_place(L, t) ((void)(t))
#define report_leak(t) ((void)(t))
#define warn_left_behind(L, t) ((void)(t))
#endif

static const char hook_key = 0; /* its address is the key in the registry */

/*
** core.on_spawn(fn)
**
** Makes task.spawn call fn(coroutine) for each new task, before the task runs.
** The function must not wait.
*/
static int l_on_spawn(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &hook_key);
  return 0;
}

/*
** core.running() -> coroutine, or nil in the main script
**
** Returns the coroutine of the running task, also inside another coroutine that
** the task resumed.
*/
static int l_running(lua_State *L) {
  const struct mk_task *t = mk_net_open(L)->current;
  if (!t) {
    lua_pushnil(L);
  } else if (t->co == L) {
    lua_pushthread(L);
  } else {
    if (!lua_checkstack(t->co, 1))
      return luaL_error(L, "stack overflow, or not enough memory");
    lua_pushthread(t->co);
    lua_xmove(t->co, L, 1);
  }
  return 1;
}

/* [-0, +0, e] Calls the function of core.on_spawn with the coroutine of a task.
** The handle of the task is on top of the stack. */
static void tell_spawn(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &hook_key) != LUA_TFUNCTION) {
    lua_pop(L, 1);
    return;
  }
  lua_getiuservalue(L, -2, 1);
  lua_call(L, 1, 0);
}

/*
** task.spawn(fn, ...) -> handle
**
** The function starts when the caller waits for a request, a task or a timer.
** The run ends when the script and all tasks have ended.  If a task fails and
** no code waits for the task, the run fails with the error of the task.
*/
static int l_spawn(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  int given = lua_gettop(L);
  struct mk_net *net = mk_net_open(L);
  struct mk_task *t = lua_newuserdatauv(L, sizeof *t, 1);
  *t = (struct mk_task){.given = given - 1};
  luaL_setmetatable(L, TASK_TYPE);
  t->co = lua_newthread(L);
  lua_setiuservalue(L, -2, 1);
  note_place(L, t);
  tell_spawn(L);
  if (!lua_checkstack(t->co, given)) return luaL_error(L, "too many values");
  lua_insert(L, 1); /* Stack: [handle, fn, arguments]. */
  lua_xmove(L, t->co, given);
  mk_sched_add(L, net, t, 1);
  return 1;
}

/* [-0, +?, e] Pushes the results of a finished task, or raises its error. */
static int task_results(lua_State *L, int status, lua_KContext ctx) {
  struct mk_task *t = check_task(L, (int)ctx);
  (void)status;
  mk_sched_known(L, t);
  if (!t->over || t->stolen)
    return luaL_error(L, "a waiting task was resumed by hand");
  int count = t->state == MK_RETURNED ? lua_gettop(t->co) : 1;
  if (!lua_checkstack(t->co, count)) return luaL_error(L, "too many values");
  luaL_checkstack(L, count, NULL);
  int first = lua_gettop(t->co) - count + 1;
  for (int i = 0; i < count; i++) lua_pushvalue(t->co, first + i);
  lua_xmove(t->co, L, count);
  return t->state == MK_RETURNED ? count : lua_error(L);
}

/*
** handle:wait() -> results of the task's function
**
** Raises the error of the function, or "cancelled".  A later call returns the
** same results.
*/
static int l_wait(lua_State *L) {
  struct mk_task *t = check_task(L, 1);
  struct mk_net *net = mk_net_open(L);
  lua_settop(L, 1);
  return mk_sched_join(L, net, t, 1, task_results);
}

/*
** handle:cancel()
**
** Stops a waiting task: drops its request and closes its <close> variables.
** Other tasks that wait for this task get the error "cancelled".  Does nothing
** if the task has already ended.
*/
static int l_cancel(lua_State *L) {
  struct mk_task *t = check_task(L, 1);
  struct mk_net *net = mk_net_open(L);
  mk_sched_known(L, t);
  if (t->over) return 0;
  if (t == net->current) return luaL_error(L, "a task cancels itself");
  bool before = mk_interrupt_raised();
  mk_sched_cancel(L, net, t);
  if (before || !mk_interrupt_raised()) return 0;
  /* a signal arrived while <close> variables were closed */
  lua_pushliteral(L, "interrupted");
  return lua_error(L);
}

/* Lua calls this function when it frees a task.  With -W, warns of an error
** that no code received, because the run ended by another error or by
** os.exit. */
static int task_gc(lua_State *L) {
  struct mk_task *t = check_task(L, 1);
  report_leak(t);
  if (t->state != MK_RAISED || t->known || t->stolen) return 0;
  lua_settop(L, 1);
  lua_getiuservalue(L, 1, 1);
  lua_pushvalue(t->co, -1);
  lua_xmove(t->co, L, 1);
  const char *reason = lua_tostring(L, -1);
  lua_pushfstring(L, "a task failed: %s",
                  reason ? reason : luaL_typename(L, -1));
  lua_warning(L, lua_tostring(L, -1), 0);
  return 0;
}

static int task_tostring(lua_State *L) {
  struct mk_task *t = check_task(L, 1);
  lua_pushfstring(L, "task: %p (%s)", (void *)t, state_names[t->state]);
  return 1;
}

/* A timer and the task that waits for it. */
struct sleep {
  /* must be first: sleep_done casts a pointer to `timer` to struct sleep */
  struct mk_timer timer;
  struct mk_wait wait;
  struct mk_net *net;
};

static void sleep_done(struct mk_timer *timer) {
  struct sleep *sleep = (struct sleep *)timer;
  mk_wait_over(sleep->net, &sleep->wait);
}

static int sleep_free(lua_State *L) {
  struct sleep *sleep = luaL_checkudata(L, 1, SLEEP_TYPE);
  mk_loop_unwake(&sleep->timer);
  mk_wait_drop(sleep->net, &sleep->wait);
  return 0;
}

/* Continues task.sleep after the timer has expired.  `ctx` is the stack index
** of the struct sleep. */
static int slept(lua_State *L, int status, lua_KContext ctx) {
  struct sleep *sleep = luaL_checkudata(L, (int)ctx, SLEEP_TYPE);
  (void)status;
  mk_wait_check(L, &sleep->wait);
  return 0;
}

/*
** task.sleep(seconds)
**
** Waits this many seconds.  If a task sleeps, other tasks run in the meantime.
** A sleep of 0 seconds lets the other ready tasks run once.
*/
static int l_sleep(lua_State *L) {
  lua_Number seconds = luaL_checknumber(L, 1);
  luaL_argcheck(L, seconds >= 0, 1, "seconds from zero expected");
  struct mk_net *net = mk_net_open(L);
  struct sleep *sleep = lua_newuserdatauv(L, sizeof *sleep, 0);
  *sleep = (struct sleep){.net = net, .timer = {.done = sleep_done}};
  luaL_setmetatable(L, SLEEP_TYPE);
  lua_toclose(L, -1);
  if (!mk_loop_wake(net->loop, &sleep->timer, seconds))
    return luaL_error(L, "not enough memory");
  return mk_wait_for(L, net, &sleep->wait, lua_gettop(L), slept);
}

/*
** core.widen(count)
**
** Lets at least so many requests to one server run at a time.
*/
static int l_widen(lua_State *L) {
  lua_Integer count = luaL_checkinteger(L, 1);
  luaL_argcheck(L, count > 0 && count <= INT_MAX, 1, "out of range");
  mk_http_session_widen(mk_net_open(L)->env, (unsigned)count);
  return 0;
}

int mk_task_finish(lua_State *L) {
  lua_settop(L, 0);
  for (;;) {
    mk_sched_push_open(L);
    if (lua_isnil(L, 1)) return 0;
    warn_left_behind(L, check_task(L, 1));
    l_wait(L); /* l_wait blocks, because this code does not run in a task */
    lua_settop(L, 0);
  }
}

/* [-0, +0, e] Cancels all waiting tasks.  Returns true if there was at least
** one. */
static bool cancel_all(lua_State *L, struct mk_net *net) {
  bool found = false;
  mk_sched_push_all(L);
  int list = lua_gettop(L);
  for (lua_Integer i = 1; lua_rawgeti(L, list, i) != LUA_TNIL; i++) {
    struct mk_task *t = lua_touserdata(L, -1);
    lua_pop(L, 1); /* the list keeps the handle alive */
    if (t->over || t->state == MK_RUNNING) continue;
    mk_sched_known(L, t);
    mk_sched_cancel(L, net, t);
    found = true;
  }
  lua_settop(L, list - 1);
  return found;
}

/* Repeats cancel_all, because a <close> variable may start a new task. */
static int l_cancel_all(lua_State *L) {
  struct mk_net *net = mk_net_push(L);
  lua_pop(L, 1);
  while (cancel_all(L, net)) continue;
  return 0;
}

/* Cancels one waiting task without a list of all tasks.  Returns true if there
** was a waiting task. */
static int l_cancel_one(lua_State *L) {
  struct mk_net *net = mk_net_push(L);
  struct mk_task *t = mk_sched_push_waiting(L);
  if (t) {
    mk_sched_known(L, t);
    mk_sched_cancel(L, net, t);
  }
  lua_pushboolean(L, t != NULL);
  return 1;
}

/* The list of tasks needs memory.  If there is none, cancels one task after the
** other.  Gives up a task whose cancelling needs memory, too: lua_close frees
** what the task holds. */
int mk_task_drop(lua_State *L) {
  lua_pushcfunction(L, l_cancel_all);
  bool more = lua_pcall(L, 0, 0, 0) != LUA_OK;
  while (more) {
    lua_settop(L, 0);
    lua_pushcfunction(L, l_cancel_one);
    if (lua_pcall(L, 0, 1, 0) == LUA_OK) {
      more = lua_toboolean(L, -1);
      continue;
    }
    struct mk_task *t = mk_sched_push_waiting(L);
    if (t) t->state = MK_RUNNING; /* so that it is found only once */
    more = t != NULL;
  }
  return 0;
}

static const luaL_Reg functions[] = {
    {"spawn", l_spawn}, {"sleep", l_sleep},     {"on_spawn", l_on_spawn},
    {"widen", l_widen}, {"running", l_running}, {NULL, NULL},
};

static const luaL_Reg task_methods[] = {
    {"wait", l_wait}, {"cancel", l_cancel}, {NULL, NULL}};

static const luaL_Reg task_meta[] = {
    {"__close", l_cancel},
    {"__gc", task_gc},
    {"__tostring", task_tostring},
    {NULL, NULL},
};

static const luaL_Reg sleep_methods[] = {
    {"__gc", sleep_free},
    {"__close", sleep_free},
    {NULL, NULL},
};

int luaopen_mkrun_task_core(lua_State *L) {
  mk_sealed_type(L, SLEEP_TYPE);
  luaL_setfuncs(L, sleep_methods, 0);
  mk_sealed_type(L, TASK_TYPE);
  luaL_setfuncs(L, task_meta, 0);
  luaL_newlib(L, task_methods);
  lua_setfield(L, -2, "__index");
  luaL_newlib(L, functions);
  return 1;
}
