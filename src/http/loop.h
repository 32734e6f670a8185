/* loop.h - the event loop: runs exchanges and timers.
**
** The task scheduler (src/lua/) calls this file.  mk_loop_turn calls the `done`
** function of each transfer or timer that has ended.  A `done` function must
** not start, stop or free anything.  It only records that the transfer or timer
** has ended.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_LOOP_H
#define MK_HTTP_LOOP_H

#include <stdbool.h>
#include <stddef.h>

struct mk_http;
struct mk_loop; /* opaque: the event loop */

/* An exchange (one request and its response) in the loop.  The caller owns the
** memory. */
struct mk_transfer {
  struct mk_http *http;
  void (*done)(struct mk_transfer *transfer);
  struct mk_loop *loop; /* NULL if the exchange is not in a loop */
  bool active;          /* true: given to libcurl; false: in the queue */
  struct mk_transfer *next, **link;
};

/* A timer, which calls `done` once.  The caller owns the memory. */
struct mk_timer {
  void (*done)(struct mk_timer *timer);
  struct mk_loop *loop; /* NULL if the timer is not in a loop */
  double due;   /* time when the timer expires, in seconds of CLOCK_MONOTONIC */
  size_t place; /* index in the heap of timers */
  /* among timers with the same `due`, the one with the lowest `order` is
  ** first */
  unsigned long order;
};

/* Returns seconds of a clock that never jumps. */
double mk_loop_now(void);

/* Returns a new loop, or NULL if out of memory or file descriptors.  Free the
** loop with mk_loop_free. */
struct mk_loop *mk_loop_new(void);

/* Stops all transfers and timers, then frees the loop. */
void mk_loop_free(struct mk_loop *loop);

/* Adds a prepared exchange to the queue.  The exchange begins as soon as fewer
** than 256 other exchanges run. */
void mk_loop_start(struct mk_loop *loop, struct mk_transfer *transfer);

/* Ends a transfer without calling `done`. */
void mk_loop_stop(struct mk_transfer *transfer);

/* Starts a timer that calls `done` once after `seconds`.  Returns false if out
** of memory. */
bool mk_loop_wake(struct mk_loop *loop, struct mk_timer *timer, double seconds);

/* Stops a timer without calling `done`. */
void mk_loop_unwake(struct mk_timer *timer);

/* Returns true if the loop has a transfer or a timer. */
bool mk_loop_busy(const struct mk_loop *loop);

/* Handles the socket events that have happened and the timers that have
** expired.  If `wait` is true, first sleeps until there is an event or an
** expired timer.  Sleeps at most half a second, so that the caller can check
** for signals. */
void mk_loop_turn(struct mk_loop *loop, bool wait);

#endif
