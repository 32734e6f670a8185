/* config.h - what command line and environment say about a run.
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
  char *base_url; /* without a slash at the end */
  char *token;    /* NULL without one; wiped once a script has it */
  size_t token_len;
  const char *project;    /* these two live in the environment */
  const char *lua_folder; /* MKRUN_LUA */
  bool color;
  char *approved; /* what may be deleted, after a yes; NULL: not asked */
};

/* Reads the environment and the token, and takes MKIO_TOKEN out of the
** environment.  False when something is wrong, and then `fault` says what.
** Free with mk_config_free in both cases. */
bool mk_config_read(struct mk_config *c, const struct mk_options *o,
                    struct mk_fault *fault);
void mk_config_free(struct mk_config *c);

/* [-0, +1, e] Pushes the table mkrun.config. */
void mk_config_push(lua_State *L, struct mk_config *c,
                    const struct mk_options *o, const struct mk_script *script);

/* [-0, +0, m] Puts the script into such a table at the top. */
void mk_config_set_script(lua_State *L, const struct mk_script *script);

#endif
