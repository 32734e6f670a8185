/* config_table.h - makes the table mkrun.config of the settings of the run.
**
** host/searcher.c and host/resume.c use it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_CONFIG_TABLE_H
#define MK_HOST_CONFIG_TABLE_H

#include "host/config.h"
#include "host/script.h"

#include <lua.h>

/* [-0, +1, e] Pushes a new table with all settings: the module mkrun.config.
** Moves the token into the table and clears c->token. */
void mk_config_push(lua_State *L, struct mk_config *c,
                    const struct mk_options *o, const struct mk_script *script);

/* [-0, +0, m] Sets the field `script` of the table at the top, which is
** mkrun.config, to the script's name, path and source. */
void mk_config_set_script(lua_State *L, const struct mk_script *script);

#endif
