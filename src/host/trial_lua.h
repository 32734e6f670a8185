/* trial_lua.h - the Lua module mkrun.trial, which `mkrun test` uses.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_TRIAL_LUA_H
#define MK_HOST_TRIAL_LUA_H

#include <lua.h>

int luaopen_mkrun_trial(lua_State *L);

#endif
