/* task_sched.c - the scheduler: resumes tasks and runs the event loop.
**
** A task is resumed only from the ready queue.  It yields in mk_wait_for or
** mk_sched_join.  When the event for which a task waits happens, the task is
** added to the queue again.  Code outside of tasks (the main script, or a
** coroutine that a task created) blocks and runs the event loop instead.
** SPDX-License-Identifier: MIT */
#include "lua/task_sched.h"

#include "base/interrupt.h"
#include "http/loop.h"

#include <lauxlib.h>

/* A task is in the ready queue, in one list of waiters, or in no list. */

/* Returns the task whose `next` is `link`, or NULL if `link` is the head of the
** queue. */
static struct mk_task *holder(struct mk_net *net, struct mk_task **link) {
  if (link == &net->first) return NULL;
  return (struct mk_task *)((char *)link - offsetof(struct mk_task, next));
}

static void leave_list(struct mk_net *net, struct mk_task *t) {
  if (!t->link) return;
  *t->link = t->next;
  if (t->next) t->next->link = t->link;
  if (t->state == MK_READY) net->ready--;
  if (net->last == t) net->last = holder(net, t->link);
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
  t->state = MK_READY;
  join_list(net->last ? &net->last->next : &net->first, t);
  net->last = t;
  net->ready++;
}

void mk_wait_over(struct mk_net *net, struct mk_wait *wait) {
  wait->over = true;
  if (wait->task) make_ready(net, wait->task);
  wait->task = NULL;
}

void mk_wait_drop(struct mk_net *net, struct mk_wait *wait) {
  struct mk_task *t = wait->task;
  wait->task = NULL;
  if (t && t->state == MK_WAITING) make_ready(net, t);
}

void mk_wait_check(lua_State *L, const struct mk_wait *wait) {
  if (!wait->over) luaL_error(L, "a waiting task was resumed by hand");
}

/* [-0, +0, m] Keeps the task alive whose handle is at stack index `handle`.  If
** `handle` is 0, allows the garbage collector to free the task.  A task is kept
** alive until it has ended.  A failed task is kept alive until some code
** received its error, too. */
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

/* Makes the tasks ready that wait for `t`, starting with the task that has
** waited longest.  That task is the last in the list, so this function reverses
** the list. */
static void wake_waiters(struct mk_net *net, struct mk_task *t) {
  struct mk_task *turned = NULL;
  for (struct mk_task *w; (w = t->waiters);) {
    leave_list(net, w);
    join_list(&turned, w);
  }
  for (struct mk_task *w; (w = turned);) {
    leave_list(net, w);
    make_ready(net, w);
  }
}

/* [-0, +0, m] Ends a task in the given state and makes the tasks ready that
** wait for it. */
static void end(lua_State *L, struct mk_net *net, struct mk_task *t,
                enum mk_task_state state) {
  t->state = state;
  t->over = true;
  wake_waiters(net, t);
  if (state != MK_RAISED || t->known) keep(L, t, 0);
}

void mk_sched_known(lua_State *L, struct mk_task *t) {
  t->known = true;
  if (t->over) keep(L, t, 0);
}

void mk_sched_push_open(lua_State *L) {
  mk_net_push(L);
  lua_getiuservalue(L, -1, MK_NET_TASKS);
  lua_pushnil(L);
  if (!lua_next(L, -2)) {
    lua_pushnil(L); /* Stack: [net, tasks, nil]. */
    lua_replace(L, -3);
    lua_pop(L, 1);
    return;
  }
  lua_replace(L, -4); /* Stack: [handle, tasks, key]. */
  lua_pop(L, 2);
}

struct mk_task *mk_sched_push_waiting(lua_State *L) {
  mk_net_push(L);
  lua_getiuservalue(L, -1, MK_NET_TASKS);
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    struct mk_task *t = lua_touserdata(L, -1);
    if (t->over || t->state == MK_RUNNING) continue;
    lua_replace(L, -4); /* Stack: [handle, tasks, key]. */
    lua_pop(L, 2);
    return t;
  }
  lua_pop(L, 1);
  lua_pushnil(L);
  lua_replace(L, -2);
  return NULL;
}

void mk_sched_push_all(lua_State *L) {
  lua_Integer count = 0;
  lua_newtable(L);
  mk_net_push(L);
  lua_getiuservalue(L, -1, MK_NET_TASKS); /* Stack: [list, net, tasks]. */
  for (lua_pushnil(L); lua_next(L, -2);) lua_rawseti(L, -5, ++count);
  lua_pop(L, 2);
}

/* [-0, +0, e] Raises "interrupted" after a signal.  If `before` is true,
** "interrupted" was already raised; then does not raise it again, so that
** clean-up code can use the network. */
static void check_interrupt(lua_State *L, bool before) {
  if (!mk_interrupted() || before) return;
  lua_pushliteral(L, "interrupted");
  lua_error(L);
}

/* Returns true if the task's coroutine runs although the scheduler did not
** resume it. */
static bool is_stolen(struct mk_task *t) {
  lua_Debug ar;
  return lua_status(t->co) == LUA_OK && lua_getstack(t->co, 0, &ar);
}

/* Returns true if a script closed or finished the task's coroutine since the
** last resume. */
static bool is_dead(const struct mk_task *t) {
  if (t->begun) return lua_status(t->co) != LUA_YIELD;
  return lua_status(t->co) != LUA_OK || lua_gettop(t->co) != t->given + 1;
}

/* [-0, +0, m] Ends a task with the error `why`. */
static void fail(lua_State *L, struct mk_net *net, struct mk_task *t,
                 const char *why) {
  lua_closethread(t->co, L);
  lua_settop(t->co, 0);
  lua_pushstring(t->co, why);
  end(L, net, t, MK_RAISED);
}

/* [-0, +0, m] Ends a task whose coroutine runs because a script resumed it.
** The stack of a running coroutine cannot hold an error message for the
** task. */
static void give_up(lua_State *L, struct mk_net *net, struct mk_task *t) {
  t->stolen = true;
  end(L, net, t, MK_RAISED);
}

/* [-0, +0, e] Resumes a task.  The results or the error of the task stay on the
** stack of its coroutine. */
static void resume(lua_State *L, struct mk_net *net, struct mk_task *t) {
  bool before = mk_interrupt_raised();
  if (is_stolen(t)) {
    give_up(L, net, t);
    return;
  }
  if (is_dead(t)) {
    fail(L, net, t, "the coroutine of this task was closed or run by hand");
    check_interrupt(L, before);
    return;
  }
  struct mk_task *resumer = net->current;
  int count, given = t->given;
  net->current = t;
  t->state = MK_RUNNING;
  t->begun = true;
  t->given = 0;
  int status = lua_resume(t->co, L, given, &count);
  net->current = resumer;
  if (status == LUA_YIELD) {
    lua_pop(t->co, count);
    /* The task called coroutine.yield(), not a function that waits.  So it lets
    ** the other tasks run once. */
    if (t->state == MK_RUNNING) make_ready(net, t);
  } else if (status == LUA_OK) {
    end(L, net, t, MK_RETURNED);
  } else {
    lua_closethread(t->co, L); /* closes <close> variables, keeps the error */
    end(L, net, t, MK_RAISED);
    check_interrupt(L, before); /* the error may be "interrupted" */
  }
}

/* [-0, +0, e] Resumes the tasks that are ready now.  A task that becomes ready
** during this call waits for the next call, so that timers and requests are
** handled in between. */
static void resume_ready(lua_State *L, struct mk_net *net, const bool *over) {
  for (size_t count = net->ready; count > 0 && net->first && !*over; count--) {
    struct mk_task *t = net->first;
    leave_list(net, t);
    resume(L, net, t);
  }
}

/* [-0, +0, e] Runs the event loop until `*over` is true.  If `tasks` is true,
** also resumes tasks that are ready. */
static void block(lua_State *L, struct mk_net *net, const bool *over,
                  bool tasks) {
  while (!*over) {
    if (tasks) resume_ready(L, net, over);
    if (*over) return;
    bool idle = !tasks || !net->first;
    if (idle && !mk_loop_busy(net->loop))
      luaL_error(L, "deadlock: every task waits for another one");
    mk_loop_turn(net->loop, idle);
    mk_net_tell(net);
    check_interrupt(L, mk_interrupt_raised());
  }
}

/* Returns true if `L` is the coroutine of the current task and can yield. */
static bool in_task(lua_State *L, const struct mk_net *net) {
  return net->current && net->current->co == L && lua_isyieldable(L);
}

/* [-0, +0, e] Raises "cancelled" in a task that was cancelled while it ran. */
static void check_doomed(lua_State *L, const struct mk_net *net) {
  if (net->current && net->current->doomed) luaL_error(L, "cancelled");
}

int mk_wait_for(lua_State *L, struct mk_net *net, struct mk_wait *wait,
                lua_KContext ctx, lua_KFunction k) {
  check_doomed(L, net);
  if (!wait->over && in_task(L, net)) {
    wait->task = net->current;
    net->current->state = MK_WAITING;
    return lua_yieldk(L, 0, ctx, k);
  }
  /* Code that blocks inside a task does not resume other tasks, because these
  ** tasks could block, too, and the calls would nest without limit. */
  block(L, net, &wait->over, !net->current);
  return k(L, LUA_OK, ctx);
}

void mk_sched_add(lua_State *L, struct mk_net *net, struct mk_task *t,
                  int handle) {
  keep(L, t, handle);
  make_ready(net, t);
}

int mk_sched_join(lua_State *L, struct mk_net *net, struct mk_task *t,
                  lua_KContext ctx, lua_KFunction k) {
  check_doomed(L, net);
  if (t == net->current) return luaL_error(L, "a task waits for itself");
  if (!t->over && in_task(L, net)) {
    join_list(&t->waiters, net->current);
    net->current->state = MK_WAITING;
    return lua_yieldk(L, 0, ctx, k);
  }
  block(L, net, &t->over, true);
  return k(L, LUA_OK, ctx);
}

void mk_sched_cancel(lua_State *L, struct mk_net *net, struct mk_task *t) {
  if (t->state == MK_RUNNING) {
    /* the task is running, below this call on the C stack; check_doomed raises
    ** later */
    t->doomed = true;
    return;
  }
  leave_list(net, t);
  if (is_stolen(t)) {
    give_up(L, net, t);
    return;
  }
  /* lua_closethread runs code of the task: its <close> variables */
  t->state = MK_RUNNING;
  lua_closethread(t->co, L);
  lua_settop(t->co, 0);
  lua_pushliteral(t->co, "cancelled");
  end(L, net, t, MK_CANCELLED);
}
