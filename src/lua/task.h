/* task.h - the Lua module mkrun.task.core: spawn, wait, cancel and sleep.
**
** lua/mkrun/task.lua requires this module and adds the functions map and all.
** host/run.c calls mk_task_finish and mk_task_drop.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_TASK_H
#define MK_LUA_TASK_H

#include <lua.h>

int luaopen_mkrun_task_core(lua_State *L);

/* [-0, +0, e] Waits for all tasks at the end of a run.  Raises the first error
** of a task for which no other task waited. */
int mk_task_finish(lua_State *L);

/* [-0, +0, e] Cancels all tasks of a run that ends early, so that the tasks
** close their resources. */
int mk_task_drop(lua_State *L);

#endif
