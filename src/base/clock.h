/* clock.h - the clocks of this run, which a test of a flow can simulate.
**
** A simulated clock stands still, and moves only when the run waits, so a wait
** of a day takes no time.  host/trial.c turns the simulation on.  Code that
** waits for another program reads the kernel's clocks itself.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CLOCK_H
#define MK_BASE_CLOCK_H

#include <stdbool.h>
#include <time.h>

/* Simulates both clocks from now on.  `now` is the time in seconds since
** 1970. */
void mk_clock_simulate(double now);

bool mk_clock_is_simulated(void);

/* Returns the seconds of CLOCK_REALTIME or CLOCK_MONOTONIC.  Each reading of a
** simulated clock moves it by a microsecond, so that a program that waits for a
** time by reading the clock gets there. */
double mk_clock_now(clockid_t clock);

/* Moves the simulated clocks by `seconds`. */
void mk_clock_pass(double seconds);

#endif
