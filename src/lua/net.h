/* net.h - the network state of a Lua state: event loop, trust store, tasks.
**
** lua/http.c and the lua/task files use it, and host/searcher.c sets the
** defaults.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_NET_H
#define MK_LUA_NET_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct mk_http_session;
struct mk_loop;
struct mk_task;

struct mk_http_defaults {
  const char *cacert;     /* NULL: from the environment */
  double timeout;         /* seconds for a request; 0 keeps 30 */
  double connect_timeout; /* seconds to connect; 0 keeps 10 */
};

/* One per Lua state, in its registry.  lua_close frees it. */
struct mk_net {
  struct mk_http_defaults defaults;
  struct mk_http_session *env; /* NULL until needed, like `loop` */
  struct mk_loop *loop;
  struct mk_task *current;      /* the task that runs; NULL: the main script */
  struct mk_task *first, *last; /* queue of tasks to be resumed */
  size_t ready;                 /* length of that queue */
  bool closed;                  /* lua_close has started */
};

/* Indexes of the user values of the userdata that holds struct mk_net. */
enum { MK_NET_TRANSPORT = 1, MK_NET_TASKS, MK_NET_CACERT, MK_NET_VALUES = 3 };

/* [-0, +1, m] Pushes the userdata.  Creates it on the first call. */
struct mk_net *mk_net_push(lua_State *L);

/* [-0, +0, m] Sets the defaults for all requests of this Lua state.  Call it
** before the first request. */
void mk_http_set_defaults(lua_State *L, const struct mk_http_defaults *d);

/* [-0, +0, e] Returns the network state, with `env` and `loop` started. */
struct mk_net *mk_net_open(lua_State *L);

/* An event to wait for, such as the end of a request. */
struct mk_wait {
  bool over;
  struct mk_task *task; /* the task that waits for it, or NULL */
};

/* [-0, +0, e] Raises unless the event has happened.  Continuations call it,
** because a script can get the coroutine of a task and resume it too early. */
void mk_wait_check(lua_State *L, const struct mk_wait *wait);

/* Reports that the event has happened.  Runs no Lua code, so it may be called
** from a callback. */
void mk_wait_over(struct mk_net *net, struct mk_wait *wait);

/* Call when the event will never happen.  Resumes a task that still waits;
** mk_wait_check raises in it. */
void mk_wait_drop(struct mk_net *net, struct mk_wait *wait);

/* [-0, +?, e] Waits for the event and returns k(L, ..., ctx).  A task yields;
** other code blocks.  The event loop runs in both cases.  Raises "interrupted"
** after a signal.  `wait` must be inside a userdata on the stack. */
int mk_wait_for(lua_State *L, struct mk_net *net, struct mk_wait *wait,
                lua_KContext ctx, lua_KFunction k);

#endif
