/* config.h - reads the settings of the run from the command line and the
** environment.
**
** host/run.c calls mk_config_read.  config_table.c passes the settings to Lua.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_CONFIG_H
#define MK_HOST_CONFIG_H

#include "base/fault.h"

#include "host/options.h"
#include "host/providers.h"
#include "host/token.h"

#include <stdbool.h>
#include <stddef.h>

struct mk_config {
  /* The API's base URL, without a slash at its end. */
  char *base_url;
  /* The API token.  Empty if no token was given, and after the token was passed
  ** to Lua. */
  struct mk_token token;
  /* The settings of further providers.  Their tokens are empty after they were
  ** passed to Lua. */
  struct mk_providers providers;
  /* Name of the default project, or NULL.  The string must not be freed. */
  const char *project;
  /* Value of the environment variable MKRUN_LUA, or NULL: a folder from which
  ** mkrun's own Lua modules are loaded.  The string must not be freed. */
  const char *lua_folder;
  /* True if MKRUN_CONFINE is set, and neither empty nor "0". */
  bool confines;
  /* True if the script may print colours. */
  bool color;
  /* The list of deletions that the user approved, or MK_CONFIRM_LATER.  NULL if
  ** the run needs no approval. */
  char *approved;
};

/* Reads the settings and the tokens.  Removes the tokens from the environment.
** Returns false and sets a message in `fault` if a setting is invalid.  Call
** mk_config_free afterwards, whatever the result. */
bool mk_config_read(struct mk_config *c, const struct mk_options *o,
                    struct mk_fault *fault);
void mk_config_free(struct mk_config *c);

#endif
