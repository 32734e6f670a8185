/* interrupt.h - SIGINT, SIGTERM and SIGHUP as an error at a safe point.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_INTERRUPT_H
#define MK_LUA_INTERRUPT_H

#include <stdbool.h>

struct lua_State;

/* Catches them from here on: the coroutine that runs then ends with the
** error "interrupted", which pcall, xpcall, coroutine.resume and
** coroutine.close pass on.
** A second signal ends the process at once. */
void mk_interrupt_install(struct lua_State *L);

/* Ends the script as such a signal does; SIGPIPE is one by this only. */
void mk_interrupt_for(int number);

/* What happens between these two calls is not interrupted: a signal that comes
** meanwhile counts after the second one.  They nest. */
void mk_interrupt_hold(void);
void mk_interrupt_let(void);

/* To be called before lua_close: a later signal touches no state. */
void mk_interrupt_release(void);

/* Was there a signal?  The event loop asks after each wait.  Who gets true has
** to raise "interrupted"; the hook does not do it a second time then. */
bool mk_interrupted(void);

/* Has the error been raised, so that it is on its way to the host?  Who runs
** something of which it keeps the error asks before and after, and raises it
** again. */
bool mk_interrupt_raised(void);

/* Its number, 0 when there was none, and the seconds since it came: for those
** who wait, and leave it to the hook to raise. */
int mk_interrupt_number(void);
double mk_interrupt_age(void);

/* Of a run that a signal ended: what is said, if anything, and 128 + its
** number. */
const char *mk_interrupt_word(void);
int mk_interrupt_code(void);

#endif
