/* task.h - the C half of the Lua module mkrun.task: spawn and sleep.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_TASK_H
#define MK_LUA_TASK_H

#include <lua.h>

/* The module `mkrun.task.core`; lua/mkrun/task.lua adds map and all to it. */
int luaopen_mkrun_task_core(lua_State *L);

/* [-0, +0, e] For the end of a run: waits for every task, and raises the error
** of the first that failed and that nobody waited for. */
int mk_task_finish(lua_State *L);

/* [-0, +0, e] For a run that ends early: cancels every task, so that what they
** have open is closed. */
int mk_task_drop(lua_State *L);

#endif
