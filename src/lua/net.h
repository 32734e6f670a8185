/* net.h - what the network needs of a Lua state: one event loop, one trust
** store, the waiting tasks.  SPDX-License-Identifier: MIT */
#ifndef MK_LUA_NET_H
#define MK_LUA_NET_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct mk_http_session;
struct mk_loop;
struct mk_task;

struct mk_http_defaults {
  const char *cacert;     /* NULL: as the environment says; copied */
  double timeout;         /* seconds for a request; 0: 30 */
  double connect_timeout; /* seconds for its connection; 0: 10 */
};

/* One for each Lua state, in its registry; closed with it. */
struct mk_net {
  struct mk_http_defaults defaults;
  struct mk_http_session *env; /* these two: NULL until somebody needs them */
  struct mk_loop *loop;
  struct mk_task *current;      /* whose coroutine runs, NULL for the script */
  struct mk_task *first, *last; /* ready to be resumed */
  size_t ready;                 /* how many of them */
  bool closed;                  /* the Lua state is being closed */
};

/* User values of the userdata that holds it. */
enum { MK_NET_TRANSPORT = 1, MK_NET_TASKS, MK_NET_CACERT, MK_NET_VALUES = 3 };

/* [-0, +1, m] Pushes the userdata, made when it is asked for first. */
struct mk_net *mk_net_push(lua_State *L);

/* [-0, +0, m] For all later requests of this Lua state; before the first. */
void mk_http_set_defaults(lua_State *L, const struct mk_http_defaults *d);

/* [-0, +0, e] As mk_net_push, with `env` and `loop` started. */
struct mk_net *mk_net_open(lua_State *L);

/* Something that is waited for: what ends it calls mk_wait_over. */
struct mk_wait {
  bool over;
  struct mk_task *task; /* that sleeps until then, or NULL */
};

/* [-0, +0, e] For continuations: raises unless it is over, because a script
** can get at a task's coroutine and resume it itself. */
void mk_wait_check(lua_State *L, const struct mk_wait *wait);

/* Safe to call from anywhere: no Lua code runs. */
void mk_wait_over(struct mk_net *net, struct mk_wait *wait);

/* The same when nothing will end it any more.  A task that still waits for it
** had its coroutine closed, and hears of that. */
void mk_wait_drop(struct mk_net *net, struct mk_wait *wait);

/* [-0, +?, e] Waits, then `return k(L, ..., ctx)`: a task yields, anything
** else blocks.  The loop goes on in both cases.  Raises when the user
** interrupts.  `wait` has to be in a value on the stack. */
int mk_wait_for(lua_State *L, struct mk_net *net, struct mk_wait *wait,
                lua_KContext ctx, lua_KFunction k);

#endif
