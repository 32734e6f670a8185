/* interrupt.h - SIGINT as an error in the script, at a safe point.
** SPDX-License-Identifier: MIT */
#ifndef MK_INTERRUPT_H
#define MK_INTERRUPT_H

#include <stdbool.h>

struct lua_State;

/* Catches SIGINT from here on: the coroutine that runs then ends with the
** error "interrupted", which pcall, xpcall and coroutine.resume pass on.
** A second SIGINT ends the process at once. */
void mk_interrupt_install(struct lua_State *L);

/* To be called before lua_close: a later SIGINT touches no state. */
void mk_interrupt_release(void);

/* Was there a SIGINT?  The event loop asks after each wait.  Who gets true has
** to raise "interrupted"; the hook does not do it a second time then. */
bool mk_interrupted(void);

#endif
