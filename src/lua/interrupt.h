/* interrupt.h - turns a signal into an error of the running script.
**
** host/vm.c calls mk_interrupt_install.  host/run.c calls mk_interrupt_release.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_INTERRUPT_H
#define MK_LUA_INTERRUPT_H

struct lua_State;

/* After this call, a signal raises the error "interrupted" in the running
** coroutine.  pcall, xpcall, coroutine.resume and coroutine.close do not catch
** it. */
void mk_interrupt_install(struct lua_State *L);

/* Returns the place where a signal has stopped the script: "onboard.lua:9".
** Returns "" if the script waited, or was not stopped. */
const char *mk_interrupt_place(void);

/* Call this function before lua_close, so that a later signal does not access
** the closed Lua state. */
void mk_interrupt_release(void);

#endif
