/* vm.h - the standard libraries, and where mkrun differs from plain Lua.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_VM_H
#define MK_HOST_VM_H

#include <lua.h>

struct mk_host;

/* [-0, +0, m] Opens the standard libraries, and sets the paths. */
void mk_vm_open(lua_State *L, const struct mk_host *host);

/* [-0, +0, m] Sets package.path and package.cpath for the script. */
void mk_vm_set_paths(lua_State *L, const struct mk_host *host);

/* LUA_INIT and the like: the value of NAME_5_4 or of NAME, NULL with -E. */
const char *mk_vm_variable(const struct mk_host *host, const char *name);

#endif
