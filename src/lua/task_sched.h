/* task_sched.h - the scheduler of tasks, for task.c; what others need to
** wait is in net.h.  SPDX-License-Identifier: MIT */
#ifndef MK_LUA_TASK_SCHED_H
#define MK_LUA_TASK_SCHED_H

#include "lua/net.h"

#include <lua.h>
#include <stdbool.h>

enum mk_task_state {
  MK_READY,
  MK_RUNNING,
  MK_WAITING,
  MK_RETURNED,
  MK_RAISED,
  MK_CANCELLED
};

struct mk_task {
  lua_State *co; /* is the handle's user value; holds results or the error */
  enum mk_task_state state;
  bool over;                    /* returned, raised or cancelled */
  bool doomed;                  /* cancelled while it was on the C stack */
  bool known;                   /* somebody was told how it ended */
  bool stolen;                  /* a script resumed its coroutine itself */
  bool begun;                   /* it has been resumed */
  int given;                    /* values on its stack for the next resume */
  struct mk_task *next, **link; /* in the ready queue or among `waiters` */
  struct mk_task *waiters;      /* tasks that wait for this one */
#ifdef MK_DEBUG
  char where[80]; /* "file:line: " of the spawn, for the report of leaks */
#endif
};

/* [-0, +0, m] Puts a new task, whose handle is at `handle`, on its way. */
void mk_sched_add(lua_State *L, struct mk_net *net, struct mk_task *t,
                  int handle);

/* [-0, +?, e] Waits for a task: yields in a task, blocks elsewhere, and then
** `return k(L, ..., ctx)`. */
int mk_sched_join(lua_State *L, struct mk_net *net, struct mk_task *t,
                  lua_KContext ctx, lua_KFunction k);

/* [-0, +0, m] Somebody was told how the task ended. */
void mk_sched_known(lua_State *L, struct mk_task *t);

/* [-0, +1, m] Pushes the handle of a task that has not ended, or whose error
** nobody was told; nil when there is none. */
void mk_sched_push_open(lua_State *L);

/* [-0, +1, m] Pushes a list of the handles of all those. */
void mk_sched_push_all(lua_State *L);

/* [-0, +0, e] Ends a task where it waits. */
void mk_sched_cancel(lua_State *L, struct mk_net *net, struct mk_task *t);

#endif
