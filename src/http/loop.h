/* loop.h - the event loop: transfers and timers, one turn at a time.
**
** Nothing is called back but the two `done` functions, from within
** mk_loop_turn; they must not start, stop or free anything, only take note.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_LOOP_H
#define MK_HTTP_LOOP_H

#include <stdbool.h>
#include <stddef.h>

struct mk_http;
struct mk_loop; /* opaque */

/* An exchange while it runs.  Its owner keeps the memory. */
struct mk_transfer {
  struct mk_http *http;
  void (*done)(struct mk_transfer *transfer);
  struct mk_loop *loop; /* NULL when it does not run */
  bool active;          /* libcurl has it; else it is in the queue */
  struct mk_transfer *next, **link;
};

/* A moment to be woken at.  Its owner keeps the memory. */
struct mk_timer {
  void (*done)(struct mk_timer *timer);
  struct mk_loop *loop; /* NULL when it does not run */
  double due;           /* seconds, CLOCK_MONOTONIC */
  size_t place;         /* in the heap */
  unsigned long order;  /* of two with one due time the older comes first */
};

/* NULL when memory ends. */
struct mk_loop *mk_loop_new(void);

/* Stops everything that still runs. */
void mk_loop_free(struct mk_loop *loop);

/* Runs a prepared exchange as soon as fewer than 256 others run. */
void mk_loop_start(struct mk_loop *loop, struct mk_transfer *transfer);
void mk_loop_stop(struct mk_transfer *transfer);

/* Wakes once, after some seconds; false when memory ends. */
bool mk_loop_wake(struct mk_loop *loop, struct mk_timer *timer, double seconds);
void mk_loop_unwake(struct mk_timer *timer);

/* Is there anything that a turn could wait for? */
bool mk_loop_busy(const struct mk_loop *loop);

/* Does what can be done now; when `wait`, sleeps before it until there is
** something, but not for long, so that the caller can look at signals. */
void mk_loop_turn(struct mk_loop *loop, bool wait);

#endif
