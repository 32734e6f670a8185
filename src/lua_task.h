/* lua_task.h - the C half of the Lua module mkrun.task: spawn and sleep.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_TASK_H
#define MK_LUA_TASK_H

#include <lua.h>

/* The module `mkrun.task.core`; lua/mkrun/task.lua adds map and all to it. */
int luaopen_mkrun_task_core(lua_State *L);

#endif
