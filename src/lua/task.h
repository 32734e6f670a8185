/* task.h - the Lua module mkrun.task.core: spawn, wait, cancel and sleep.
**
** lua/mkrun/task.lua adds map and all.  host/run.c ends the tasks.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_TASK_H
#define MK_LUA_TASK_H

#include <lua.h>

/* Opens the module. */
int luaopen_mkrun_task_core(lua_State *L);

/* [-0, +0, e] For the end of a run: waits for all tasks.  Raises the first
** error of a task that no other task waited for. */
int mk_task_finish(lua_State *L);

/* [-0, +0, e] For a run that ends early: cancels all tasks, so that they close
** their resources. */
int mk_task_drop(lua_State *L);

#endif
