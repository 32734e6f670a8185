/* lua_task.c - tasks: coroutines that wait on one event loop.
**
** A task is resumed from the ready queue and from nowhere else.  It yields in
** mk_wait_for and in handle:wait() and is put back into the queue when what it
** waits for is over.  Whoever is no task (the script itself, or a coroutine
** that a task made) blocks and turns the loop instead.
** SPDX-License-Identifier: MIT */
#include "lua_task.h"

#include "interrupt.h"
#include "loop.h"
#include "lua_net.h"

#include <lauxlib.h>

#define TASK_TYPE "mkrun.task.handle"
#define SLEEP_TYPE "mkrun.task.sleep"

enum state { READY, RUNNING, WAITING, DONE, FAILED };

static const char *const state_names[] = {"ready", "running", "waiting", "done",
                                          "failed"};

struct mk_task {
  lua_State *co; /* is the handle's user value; holds results or the error */
  enum state state;
  bool over;                    /* DONE or FAILED */
  bool doomed;                  /* cancelled while it was on the C stack */
  bool known;                   /* somebody was told how it ended */
  bool stolen;                  /* a script resumed its coroutine itself */
  int given;                    /* values on its stack for the next resume */
  struct mk_task *next, **link; /* in the ready queue or among `waiters` */
  struct mk_task *waiters;      /* tasks that wait for this one */
};

/* The ready queue, and the lists of waiters: a task is in one of them or in
** none. */

static void leave_list(struct mk_net *net, struct mk_task *t) {
  if (!t->link) return;
  *t->link = t->next;
  if (t->next) t->next->link = t->link;
  if (net->last == t) { /* the one before it, or none */
    net->last = NULL;
    for (struct mk_task *i = net->first; i; i = i->next) net->last = i;
  }
  t->next = NULL;
  t->link = NULL;
}

static void join_list(struct mk_task **link, struct mk_task *t) {
  t->link = link;
  t->next = *link;
  if (t->next) t->next->link = &t->next;
  *link = t;
}

static void make_ready(struct mk_net *net, struct mk_task *t) {
  t->state = READY;
  join_list(net->last ? &net->last->next : &net->first, t);
  net->last = t;
}

void mk_wait_over(struct mk_net *net, struct mk_wait *wait) {
  wait->over = true;
  if (wait->task) make_ready(net, wait->task);
  wait->task = NULL;
}

void mk_wait_check(lua_State *L, const struct mk_wait *wait) {
  if (!wait->over) luaL_error(L, "a waiting task was resumed by hand");
}

/* [-0, +0, m] A task that has not ended is kept alive, handle or no handle. */
static void keep(lua_State *L, struct mk_task *t, int handle) {
  mk_net_push(L);
  lua_getiuservalue(L, -1, MK_NET_TASKS);
  if (handle)
    lua_pushvalue(L, handle);
  else
    lua_pushnil(L);
  lua_rawsetp(L, -2, t);
  lua_pop(L, 2);
}

/* [-0, +0, m] */
static void end(lua_State *L, struct mk_net *net, struct mk_task *t,
                enum state state) {
  t->state = state;
  t->over = true;
  while (t->waiters) {
    struct mk_task *waiter = t->waiters;
    leave_list(net, waiter);
    make_ready(net, waiter);
  }
  keep(L, t, 0);
}

/* [-0, +0, e] Passes on that the user wants an end.  Once: what the script
** has to clean up may use the network. */
static void check_interrupt(lua_State *L, struct mk_net *net, bool again) {
  if (!mk_interrupted() || (net->interrupted && !again)) return;
  net->interrupted = true;
  lua_pushliteral(L, "interrupted");
  lua_error(L);
}

/* Does the coroutine run, although it is not its turn? */
static bool is_stolen(struct mk_task *t) {
  lua_Debug ar;
  return lua_status(t->co) == LUA_OK && lua_getstack(t->co, 0, &ar);
}

/* [-0, +0, m] Its stack is somebody else's now, so there is nothing on it. */
static void give_up(lua_State *L, struct mk_net *net, struct mk_task *t) {
  t->stolen = true;
  end(L, net, t, FAILED);
}

/* [-0, +0, e] What happened is left on the task's own stack. */
static void resume(lua_State *L, struct mk_net *net, struct mk_task *t) {
  if (is_stolen(t)) {
    give_up(L, net, t);
    return;
  }
  struct mk_task *resumer = net->current;
  int count, given = t->given;
  net->current = t;
  t->state = RUNNING;
  t->given = 0;
  int status = lua_resume(t->co, L, given, &count);
  net->current = resumer;
  if (status == LUA_YIELD) {
    lua_pop(t->co, count);
    /* A plain coroutine.yield() lets the others have a turn. */
    if (t->state == RUNNING) make_ready(net, t);
  } else if (status == LUA_OK) {
    end(L, net, t, DONE);
  } else {
    lua_closethread(t->co, L); /* its <close> variables; keeps the error */
    end(L, net, t, FAILED);
    check_interrupt(L, net, true); /* that may be why */
  }
}

/* [-0, +0, e] Those that are ready now; a task that becomes ready meanwhile
** has to wait for the next round, so that timers and transfers get theirs. */
static void resume_ready(lua_State *L, struct mk_net *net, const bool *over) {
  size_t count = 0;
  for (struct mk_task *t = net->first; t; t = t->next) count++;
  for (; count > 0 && net->first && !*over; count--) {
    struct mk_task *t = net->first;
    leave_list(net, t);
    resume(L, net, t);
  }
}

/* [-0, +0, e] Turns the loop until something is over. */
static void block(lua_State *L, struct mk_net *net, const bool *over,
                  bool tasks) {
  while (!*over) {
    if (tasks) resume_ready(L, net, over);
    if (*over) return;
    bool idle = !tasks || !net->first;
    if (idle && !mk_loop_busy(net->loop))
      luaL_error(L, "deadlock: every task waits for another one");
    mk_loop_turn(net->loop, idle);
    check_interrupt(L, net, false);
  }
}

/* Is this the coroutine of a task, and may it yield just here? */
static bool in_task(lua_State *L, const struct mk_net *net) {
  return net->current && net->current->co == L && lua_isyieldable(L);
}

/* [-0, +0, e] */
static void check_doomed(lua_State *L, const struct mk_net *net) {
  if (net->current && net->current->doomed) luaL_error(L, "cancelled");
}

int mk_wait_for(lua_State *L, struct mk_net *net, struct mk_wait *wait,
                lua_KContext ctx, lua_KFunction k) {
  check_doomed(L, net);
  if (!wait->over && in_task(L, net)) {
    wait->task = net->current;
    net->current->state = WAITING;
    return lua_yieldk(L, 0, ctx, k);
  }
  /* Within a task the others stand still: they could nest without end. */
  block(L, net, &wait->over, !net->current);
  return k(L, LUA_OK, ctx);
}

static struct mk_task *check_task(lua_State *L, int arg) {
  return luaL_checkudata(L, arg, TASK_TYPE);
}

/*
** task.spawn(fn, ...) -> handle
**
** The function starts when the caller waits for something, be it an answer, a
** task or time.  A task that nobody waits for ends with the script.
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
  if (!lua_checkstack(t->co, given)) return luaL_error(L, "too many values");
  lua_insert(L, 1); /* stack: handle fn ... */
  lua_xmove(L, t->co, given);
  keep(L, t, 1);
  make_ready(net, t);
  return 1;
}

/* [-0, +?, e] What a task that is over leaves to those who wait. */
static int task_results(lua_State *L, int status, lua_KContext ctx) {
  struct mk_task *t = lua_touserdata(L, (int)ctx);
  (void)status;
  t->known = true;
  if (!t->over || t->stolen)
    return luaL_error(L, "a waiting task was resumed by hand");
  int count = t->state == DONE ? lua_gettop(t->co) : 1;
  if (!lua_checkstack(t->co, count)) return luaL_error(L, "too many values");
  luaL_checkstack(L, count, NULL);
  int first = lua_gettop(t->co) - count + 1;
  for (int i = 0; i < count; i++) lua_pushvalue(t->co, first + i);
  lua_xmove(t->co, L, count);
  return t->state == DONE ? count : lua_error(L);
}

/*
** handle:wait() -> what the function returned
**
** Raises what the function raised, or "cancelled".  May be called again.
*/
static int l_wait(lua_State *L) {
  struct mk_task *t = check_task(L, 1);
  struct mk_net *net = mk_net_open(L);
  lua_settop(L, 1);
  check_doomed(L, net);
  if (t == net->current) return luaL_error(L, "a task waits for itself");
  if (!t->over && in_task(L, net)) {
    join_list(&t->waiters, net->current);
    net->current->state = WAITING;
    return lua_yieldk(L, 0, 1, task_results);
  }
  block(L, net, &t->over, true);
  return task_results(L, LUA_OK, 1);
}

/*
** handle:cancel()
**
** Stops the task where it waits: its request is dropped, its <close> variables
** are closed, and whoever waits for it gets the error "cancelled".  One that
** is over stays as it is.
*/
static int l_cancel(lua_State *L) {
  struct mk_task *t = check_task(L, 1);
  struct mk_net *net = mk_net_open(L);
  t->known = true;
  if (t->over) return 0;
  if (t == net->current) return luaL_error(L, "a task cancels itself");
  if (t->state == RUNNING) {
    t->doomed = true; /* further down this C stack: at its next wait */
    return 0;
  }
  leave_list(net, t);
  if (is_stolen(t)) {
    give_up(L, net, t);
    return 0;
  }
  t->state = RUNNING; /* its <close> variables run now */
  lua_closethread(t->co, L);
  lua_settop(t->co, 0);
  lua_pushliteral(t->co, "cancelled");
  end(L, net, t, FAILED);
  return 0;
}

/* An error that nobody asked for: a warning, for those who run with -W. */
static int task_gc(lua_State *L) {
  struct mk_task *t = check_task(L, 1);
  if (t->state != FAILED || t->known || t->stolen) return 0;
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

/* A timer that a task or the script waits for. */
struct sleep {
  struct mk_timer timer; /* first: the loop hands it back */
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
  return 0;
}

/* `ctx` is the stack index of the box. */
static int slept(lua_State *L, int status, lua_KContext ctx) {
  struct sleep *sleep = lua_touserdata(L, (int)ctx);
  (void)status;
  mk_wait_check(L, &sleep->wait);
  return 0;
}

/*
** task.sleep(seconds)
**
** In a task the others go on meanwhile.  Zero just lets them have a turn.
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

static const luaL_Reg functions[] = {
    {"spawn", l_spawn},
    {"sleep", l_sleep},
    {NULL, NULL},
};

static const luaL_Reg task_methods[] = {
    {"wait", l_wait},  {"cancel", l_cancel},          {"__close", l_cancel},
    {"__gc", task_gc}, {"__tostring", task_tostring}, {NULL, NULL},
};

static const luaL_Reg sleep_methods[] = {
    {"__gc", sleep_free},
    {"__close", sleep_free},
    {NULL, NULL},
};

int luaopen_mkrun_task_core(lua_State *L) {
  luaL_newmetatable(L, SLEEP_TYPE);
  luaL_setfuncs(L, sleep_methods, 0);
  luaL_newmetatable(L, TASK_TYPE);
  luaL_setfuncs(L, task_methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  luaL_newlib(L, functions);
  return 1;
}
