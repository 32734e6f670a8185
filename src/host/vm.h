/* vm.h - opens Lua's standard libraries and changes some of their functions for
** mkrun.
**
** host/run.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_VM_H
#define MK_HOST_VM_H

#include <lua.h>

struct mk_host;

/* [-0, +0, m] Opens the standard libraries, replaces some of their functions,
** and sets package.path and package.cpath. */
void mk_vm_open(lua_State *L, const struct mk_host *host);

/* [-0, +0, m] Sets package.path and package.cpath, so that the script can load
** modules from its own folder. */
void mk_vm_set_paths(lua_State *L, const struct mk_host *host);

/* [-0, +1, -] Loads bytecode that is part of the binary.  Returns what lua_load
** returns.  No script can load bytecode. */
int mk_vm_load_code(lua_State *L, const char *bytes, size_t len,
                    const char *chunk);

/* Returns the value of the environment variable NAME_5_4, or else of NAME, for
** example of LUA_INIT_5_4 or LUA_INIT.  Returns NULL if neither variable is
** set, and if the option -E was given. */
const char *mk_vm_variable(const struct mk_host *host, const char *name);

#endif
