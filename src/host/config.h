/* config.h - reads the settings of the run from the command line and the
** environment.
**
** host/run.c calls mk_config_read.  host/searcher.c passes the settings to Lua
** as the module mkrun.config.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_CONFIG_H
#define MK_HOST_CONFIG_H

#include "base/fault.h"

#include "host/options.h"
#include "host/script.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#define MK_DEFAULT_BASE_URL "https://app.mk.io"

struct mk_config {
  /* The API's base URL, without a slash at its end. */
  char *base_url;
  /* The API token.  NULL if no token was given, and after the token was passed
  ** to Lua. */
  char *token;
  /* Length of `token` in bytes. */
  size_t token_len;
  /* Value of the environment variable MKIO_PROJECT, or NULL.  The string must
  ** not be freed. */
  const char *project;
  /* Value of the environment variable MKRUN_LUA, or NULL: a folder from which
  ** mkrun's own Lua modules are loaded.  The string must not be freed. */
  const char *lua_folder;
  /* True if the script may print colours. */
  bool color;
  /* The list of deletions that the user approved, or MK_CONFIRM_LATER.  NULL if
  ** the run needs no approval. */
  char *approved;
};

/* Reads the settings and the token.  Removes MKIO_TOKEN from the environment.
** Returns false and sets a message in `fault` if a setting is invalid.  Call
** mk_config_free afterwards, whatever the result. */
bool mk_config_read(struct mk_config *c, const struct mk_options *o,
                    struct mk_fault *fault);
void mk_config_free(struct mk_config *c);

/* [-0, +1, e] Pushes a new table with all settings: the module mkrun.config.
** Moves the token into the table and clears c->token. */
void mk_config_push(lua_State *L, struct mk_config *c,
                    const struct mk_options *o, const struct mk_script *script);

/* [-0, +0, m] Sets the field `script` of the table at the top, which is
** mkrun.config, to the script's name, path and source. */
void mk_config_set_script(lua_State *L, const struct mk_script *script);

#endif
