/* loop.h - the event loop: runs transfers and timers, one turn at a time.
**
** The task scheduler (src/lua/) calls this.  mk_loop_turn calls the `done`
** functions.  A `done` function must not start, stop or free anything; it only
** notes that the transfer or timer is done.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_LOOP_H
#define MK_HTTP_LOOP_H

#include <stdbool.h>
#include <stddef.h>

struct mk_http;
struct mk_loop; /* opaque */

/* One exchange in the loop.  The caller owns the memory. */
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
  double due;           /* seconds, CLOCK_MONOTONIC */
  size_t place;         /* index in the heap */
  unsigned long order;  /* with the same `due`, the older timer comes first */
};

/* Returns a new loop, or NULL if out of memory or file descriptors.  Free the
** loop with mk_loop_free. */
struct mk_loop *mk_loop_new(void);

/* Stops all transfers and timers, then frees the loop. */
void mk_loop_free(struct mk_loop *loop);

/* Queues a prepared exchange.  The exchange begins as soon as fewer than 256
** others run. */
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

/* Handles the events and timers that are due.  With `wait`, first sleeps until
** there is one, at most half a second, so that the caller can check for
** signals. */
void mk_loop_turn(struct mk_loop *loop, bool wait);

#endif
