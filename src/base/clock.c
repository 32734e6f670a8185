/* clock.c - the clocks of this run, which a test of a flow can simulate.
** SPDX-License-Identifier: MIT */
#include "base/clock.h"

/* Seconds by which each reading moves a simulated clock. */
#define TICK 1e-6

/* There is one clock, because there is one run in a process. */
static bool simulated;
/* Simulated time in seconds since 1970. */
static double now;
/* What CLOCK_MONOTONIC lacks to `now`. */
static double behind;

static double read_kernel(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void mk_clock_simulate(double start) {
  simulated = true;
  now = start;
  behind = start - read_kernel(CLOCK_MONOTONIC);
}

bool mk_clock_is_simulated(void) {
  return simulated;
}

double mk_clock_now(clockid_t clock) {
  if (!simulated) return read_kernel(clock);
  now += TICK;
  return clock == CLOCK_REALTIME ? now : now - behind;
}

void mk_clock_pass(double seconds) {
  if (seconds > 0) now += seconds;
}

time_t __real_time(time_t *result);
time_t __wrap_time(time_t *result);

/* Replaces the C library's function for os.time and os.date, with the linker
** option --wrap. */
time_t __wrap_time(time_t *result) {
  if (!simulated) return __real_time(result);
  time_t seconds = (time_t)mk_clock_now(CLOCK_REALTIME);
  if (result) *result = seconds;
  return seconds;
}
