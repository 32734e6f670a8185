/* interrupt.h - a signal as an error of the script at a safe point.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_INTERRUPT_H
#define MK_LUA_INTERRUPT_H

struct lua_State;

/* From here on a signal ends the running coroutine with the error
** "interrupted", which pcall, xpcall, coroutine.resume and
** coroutine.close pass on. */
void mk_interrupt_install(struct lua_State *L);

/* Call before lua_close: a later signal touches no state. */
void mk_interrupt_release(void);

#endif
