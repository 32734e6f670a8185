/* interrupt.h - SIGINT as an error in the script, at a safe point.
** SPDX-License-Identifier: MIT */
#ifndef MK_INTERRUPT_H
#define MK_INTERRUPT_H

#include <stdbool.h>

struct lua_State;

/* Catches SIGINT; a second one ends the process at once. */
void mk_interrupt_install(void);

/* Was there a SIGINT?  The event loop asks after each wait. */
bool mk_interrupted(void);

#endif
