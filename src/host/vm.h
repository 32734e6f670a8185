/* vm.h - opens the standard libraries, with mkrun's changes to plain Lua.
**
** host/run.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_VM_H
#define MK_HOST_VM_H

#include <lua.h>

struct mk_host;

/* [-0, +0, m] Opens the standard libraries and sets the paths. */
void mk_vm_open(lua_State *L, const struct mk_host *host);

/* [-0, +0, m] Sets package.path and package.cpath for the script. */
void mk_vm_set_paths(lua_State *L, const struct mk_host *host);

/* Returns the environment variable NAME_5_4 or else NAME, such as LUA_INIT.
** NULL with -E. */
const char *mk_vm_variable(const struct mk_host *host, const char *name);

#endif
