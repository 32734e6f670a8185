/* config.c - reads the settings of the run from the command line and the
** environment.
** SPDX-License-Identifier: MIT */
#include "host/config.h"

#include "host/base_url.h"
#include "http/trust.h"
#include "provider.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Stores the value of one variable with a token. */
static bool take_variable(void *data, const char *name, const char *value,
                          size_t len) {
  struct mk_config *c = data;
  bool is_own = !strcmp(name, MK_PROVIDER_TOKEN_VARIABLE) ||
                !strcmp(name, MK_TOKEN_PREFIX MK_PROVIDER_CAPITALS);
  if (!is_own) return mk_providers_take_token(&c->providers, name, value, len);
  return c->token.bytes || mk_token_set(&c->token, value, len, MK_TOKEN_LABEL);
}

static bool read_token(struct mk_config *c, const struct mk_options *o,
                       struct mk_fault *fault) {
  static const struct mk_token_source source = {
      "--token-file: ", MK_PROVIDER_TOKEN_VARIABLE, MK_TOKEN_LABEL};
  const char *file = o->token_file;
  if (!mk_token_take_variables(take_variable, c)) return mk_fault_memory(fault);
  if (file && !mk_token_read(&c->token, file, &source, fault)) return false;
  return mk_token_check(&c->token, false,
                        file ? "--token-file" : MK_PROVIDER_TOKEN_VARIABLE,
                        file, fault);
}

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value && *value ? value : NULL;
}

static bool read_base_url(struct mk_config *c, const struct mk_options *o,
                          struct mk_fault *fault) {
  static const char *const names[] = {MK_PROVIDER_BASE_URL_VARIABLE,
                                      MK_BASE_URL_PREFIX MK_PROVIDER_CAPITALS};
  const char *url = o->base_url, *from = "--base-url";
  for (size_t i = 0; !url && i < sizeof names / sizeof *names; i++)
    url = variable(from = names[i]);
  if (!url) url = MK_PROVIDER_DEFAULT_BASE_URL;
  c->base_url = mk_base_url_of(url, from, fault);
  return c->base_url != NULL;
}

/* Returns true if the variable is set, and neither empty nor "0". */
static bool is_on(const char *name) {
  const char *value = variable(name);
  return value && strcmp(value, "0") != 0;
}

static bool wants_color(void) {
  const char *term = getenv("TERM");
  return !variable("NO_COLOR") && isatty(STDOUT_FILENO) && term &&
         strcmp(term, "dumb") != 0;
}

/* Checks that the file can be opened for reading.  If not, returns false and
** sets a message with the option's name.  Returns true if `path` is NULL. */
static bool check_file(const char *option, const char *path,
                       struct mk_fault *fault) {
  if (!path) return true;
  FILE *f = fopen(path, "re");
  if (f) fclose(f);
  if (!f)
    mk_fault_say(fault, "%s: %s: %s", option, path,
                 strerror(mk_fault_note(fault, errno)));
  return f != NULL;
}

static bool check_likes(const struct mk_options *o, struct mk_fault *fault) {
  for (size_t i = 0; i < o->like_count; i++)
    if (!check_file("--like", o->likes[i], fault)) return false;
  return true;
}

/* Checks that the file contains valid certificates.  If not, returns false and
** sets a message.  Returns true if `path` is NULL. */
static bool check_trust(const char *path, struct mk_fault *fault) {
  char message[8192];
  if (!path || mk_trust_describe(path, message, sizeof message)) return true;
  mk_fault_note(fault, errno);
  return mk_fault_say(fault, "%s", message);
}

bool mk_config_read(struct mk_config *c, const struct mk_options *o,
                    struct mk_fault *fault) {
  memset(c, 0, sizeof *c);
  c->project = variable(MK_PROVIDER_PROJECT_VARIABLE);
  c->lua_folder = o->no_env ? NULL : variable("MKRUN_LUA");
  c->confines = is_on("MKRUN_CONFINE");
  c->color = wants_color();
  if (!read_token(c, o, fault) || !check_trust(o->cacert, fault) ||
      !check_likes(o, fault) || !check_file("--faults", o->faults, fault) ||
      !check_file("MKRUN_LUA", c->lua_folder, fault))
    return false;
  return read_base_url(c, o, fault) &&
         mk_providers_read(&c->providers, o, fault);
}

void mk_config_free(struct mk_config *c) {
  mk_token_drop(&c->token);
  mk_providers_free(&c->providers);
  free(c->base_url);
  free(c->approved);
  c->base_url = c->approved = NULL;
}
