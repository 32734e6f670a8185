/* net.h - the network state of a Lua state: event loop, trust store, tasks.
**
** lua/http.c and lua/task*.c call this file.  host/searcher.c sets the
** defaults.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_NET_H
#define MK_LUA_NET_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct mk_http;
struct mk_http_session;
struct mk_loop;
struct mk_task;

struct mk_http_defaults {
  /* path of the trusted certificates; NULL: environment variables decide */
  const char *cacert;
  /* limit for a whole request, in seconds; 0 keeps the limit of 30 */
  double timeout;
  /* limit for connecting, in seconds; 0 keeps the limit of 10 */
  double connect_timeout;
};

/* The network state of a Lua state.  It is stored in the registry of the Lua
** state, and lua_close frees it. */
struct mk_net {
  struct mk_http_defaults defaults;
  /* session that all requests share (http/session.h); NULL before the first
  ** request */
  struct mk_http_session *env;
  struct mk_loop *loop;         /* event loop; NULL before the first request */
  struct mk_http *spare;        /* exchange for the next request, or NULL */
  struct mk_task *current;      /* the task that runs; NULL: the main script */
  struct mk_task *first, *last; /* queue of tasks to be resumed */
  size_t ready; /* number of tasks in the queue of `first` and `last` */
  bool closed;  /* true after lua_close has started */
};

/* Indexes of the user values of the userdata that holds struct mk_net. */
enum { MK_NET_TRANSPORT = 1, MK_NET_TASKS, MK_NET_CACERT, MK_NET_VALUES = 3 };

/* [-0, +1, m] Pushes the userdata that holds the network state.  Returns a
** pointer to the network state.  The first call creates the userdata. */
struct mk_net *mk_net_push(lua_State *L);

/* [-0, +0, m] Sets the defaults for all requests of this Lua state.  Call this
** function before the first request. */
void mk_http_set_defaults(lua_State *L, const struct mk_http_defaults *d);

/* [-0, +0, e] Returns the network state, after creating `env` and `loop`.
** Raises an error after lua_close has started. */
struct mk_net *mk_net_open(lua_State *L);

/* Tells the user on stderr if a server's name has been looked up for long. */
void mk_net_tell(struct mk_net *net);

/* An event to wait for, such as the end of a request. */
struct mk_wait {
  bool over;            /* true after the event has happened */
  struct mk_task *task; /* the task that waits for the event, or NULL */
};

/* [-0, +0, e] Raises an error unless the event has happened.  Continuations of
** Lua functions call this function, because a script can get the coroutine of a
** task and resume it too early. */
void mk_wait_check(lua_State *L, const struct mk_wait *wait);

/* Reports that the event has happened.  Runs no Lua code, so that a callback of
** libcurl may call this function. */
void mk_wait_over(struct mk_net *net, struct mk_wait *wait);

/* Call this function if the event will never happen.  Resumes a task that still
** waits for the event; in that task, mk_wait_check raises an error. */
void mk_wait_drop(struct mk_net *net, struct mk_wait *wait);

/* [-0, +?, e] Waits for the event and returns k(L, ..., ctx).  In a task, this
** function yields.  In other code, it blocks.  The event loop runs in both
** cases.  Raises "interrupted" after a signal.  `wait` must be inside a
** userdata on the stack. */
int mk_wait_for(lua_State *L, struct mk_net *net, struct mk_wait *wait,
                lua_KContext ctx, lua_KFunction k);

#endif
