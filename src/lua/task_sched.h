/* task_sched.h - the scheduler: resumes tasks and runs the event loop.
**
** Only lua/task.c includes it.  lua/net.h has the functions for code that
** waits.
** SPDX-License-Identifier: MIT */
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
  lua_State *co; /* holds the results or the error; kept alive by the handle */
  enum mk_task_state state;
  bool over;                    /* returned, raised or cancelled */
  bool doomed;                  /* cancelled while on the C stack */
  bool known;                   /* somebody received its result or error */
  bool stolen;                  /* a script resumed its coroutine directly */
  bool begun;                   /* was resumed at least once */
  int given;                    /* number of arguments for the next resume */
  struct mk_task *next, **link; /* in the ready queue or in `waiters` */
  struct mk_task *waiters;      /* tasks that wait for this one */
#ifdef MK_DEBUG
  char where[80]; /* "file:line: " of the spawn, for leak reports */
#endif
};

/* [-0, +0, m] Adds a new task to the ready queue.  `handle` is its stack
** index. */
void mk_sched_add(lua_State *L, struct mk_net *net, struct mk_task *t,
                  int handle);

/* [-0, +?, e] Waits for a task and returns k(L, ..., ctx).  A task yields;
** other code blocks. */
int mk_sched_join(lua_State *L, struct mk_net *net, struct mk_task *t,
                  lua_KContext ctx, lua_KFunction k);

/* [-0, +0, m] Notes that somebody received the task's result or error. */
void mk_sched_known(lua_State *L, struct mk_task *t);

/* [-0, +1, m] Pushes the handle of a task that has not ended or whose error
** nobody received.  Pushes nil if there is none. */
void mk_sched_push_open(lua_State *L);

/* [-0, +1, m] Pushes a list of the handles of all these tasks. */
void mk_sched_push_all(lua_State *L);

/* [-0, +0, e] Cancels a waiting task.  A running task is cancelled when it
** waits next. */
void mk_sched_cancel(lua_State *L, struct mk_net *net, struct mk_task *t);

#endif
