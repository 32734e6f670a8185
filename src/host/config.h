/* config.h - settings from the command line and the environment.
**
** host/run.c reads them, and host/searcher.c passes them to Lua as
** mkrun.config.
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
  char *base_url; /* without a trailing slash */
  char *token;    /* NULL: no token; wiped after it was passed to Lua */
  size_t token_len;
  const char *project;    /* points into the environment, like `lua_folder` */
  const char *lua_folder; /* MKRUN_LUA */
  bool color;
  char *approved; /* deletions that the user approved; NULL: not asked */
};

/* Reads the environment and the token.  Removes MKIO_TOKEN from the
** environment.  On false, `fault` has the message.  Free with mk_config_free in
** both cases. */
bool mk_config_read(struct mk_config *c, const struct mk_options *o,
                    struct mk_fault *fault);
void mk_config_free(struct mk_config *c);

/* [-0, +1, e] Pushes the table mkrun.config. */
void mk_config_push(lua_State *L, struct mk_config *c,
                    const struct mk_options *o, const struct mk_script *script);

/* [-0, +0, m] Sets the field `script` of the table mkrun.config at the top. */
void mk_config_set_script(lua_State *L, const struct mk_script *script);

#endif
