/* task_sched.h - the scheduler: resumes tasks and runs the event loop.
**
** Only lua/task.c includes this file.  Code that waits for an event includes
** lua/net.h.
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
  /* coroutine of the task; its stack holds the results or the error of the
  ** task */
  lua_State *co;
  enum mk_task_state state;
  bool over;   /* the task has returned, raised or been cancelled */
  bool doomed; /* the task was cancelled while it was running */
  bool known;  /* some code received the result or the error of the task */
  bool stolen; /* a script resumed the coroutine of the task directly */
  bool begun;  /* the task was resumed at least once */
  int given;   /* number of arguments for the next resume */
  /* links in the ready queue, or in `waiters` of another task */
  struct mk_task *next, **link;
  struct mk_task *waiters; /* list of the tasks that wait for this task */
#ifdef MK_DEBUG
  /* "file:line: " of the call of task.spawn, for leak reports */
  char where[80];
#endif
};

/* [-0, +0, m] Adds a new task to the ready queue.  `handle` is the stack index
** of its userdata. */
void mk_sched_add(lua_State *L, struct mk_net *net, struct mk_task *t,
                  int handle);

/* [-0, +?, e] Waits until task `t` has ended and returns k(L, ..., ctx).  In a
** task, this function yields.  In other code, it blocks. */
int mk_sched_join(lua_State *L, struct mk_net *net, struct mk_task *t,
                  lua_KContext ctx, lua_KFunction k);

/* [-0, +0, m] Records that some code received the result or the error of the
** task. */
void mk_sched_known(lua_State *L, struct mk_task *t);

/* [-0, +1, m] Pushes the handle of a task that has not ended or whose error
** nobody received.  Pushes nil if there is none. */
void mk_sched_push_open(lua_State *L);

/* [-0, +1, -] Pushes the handle of a task that has not ended and is not
** running, and returns the task.  If there is no such task, pushes nil and
** returns NULL.  This function allocates no memory. */
struct mk_task *mk_sched_push_waiting(lua_State *L);

/* [-0, +1, m] Pushes a list of the handles of all tasks that have not ended or
** whose error nobody received. */
void mk_sched_push_all(lua_State *L);

/* [-0, +0, e] Cancels a waiting task.  A running task is cancelled when it
** waits next. */
void mk_sched_cancel(lua_State *L, struct mk_net *net, struct mk_task *t);

#endif
