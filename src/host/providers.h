/* providers.h - the tokens and base URLs of further providers, by their names.
**
** A provider describes one API for Lua.  The user gives its token and base URL
** as NAME=VALUE of --token-file and --base-url, or in variables.  The host's
** own provider, whose settings need no name, is not in this list.
** host/config.c reads the list, and host/config_table.c passes it to Lua.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_PROVIDERS_H
#define MK_HOST_PROVIDERS_H

#include "base/fault.h"
#include "host/option_set.h"
#include "host/token.h"

#include <stdbool.h>
#include <stddef.h>

struct mk_provider {
  /* Name of the provider: a small letter, then small letters, digits and
  ** "_". */
  char *name;
  /* The base URL without a slash at its end.  NULL if the user named none. */
  char *base_url;
  /* True if the base URL, or the token, comes from a variable. */
  bool from_variable, token_from_variable;
  struct mk_token token;
};

struct mk_providers {
  struct mk_provider *list;
  size_t count;
};

/* Stores the token of the variable MKRUN_TOKEN_NAME.  Warns if no provider can
** have the name.  Returns false if out of memory. */
bool mk_providers_take_token(struct mk_providers *p, const char *variable,
                             const char *value, size_t len);

/* Reads the variables MKRUN_BASE_URL_NAME, and NAME=VALUE of the options
** --base-url and --token-file, which have priority.  Returns false and sets a
** message if a value is invalid. */
bool mk_providers_read(struct mk_providers *p, const struct mk_options *o,
                       struct mk_fault *fault);

/* Returns the provider with the name, or NULL. */
const struct mk_provider *mk_providers_find(const struct mk_providers *p,
                                            const char *name);

/* Returns the value of MKRUN_BASE_URL_NAME, or NULL if it is unset or empty.
** `name` has `len` bytes. */
const char *mk_providers_url_variable(const char *name, size_t len);

/* Unsets the variables with base URLs. */
void mk_providers_forget_variables(void);

/* Overwrites the tokens with zeros and frees the list. */
void mk_providers_free(struct mk_providers *p);

#endif
