/* help.c - runs `mkrun help [NAME]`, --sbom, --types and `mkrun completion
** --complete`.
** SPDX-License-Identifier: MIT */
#include "host/help.h"

#include "host/providers.h"
#include "host/run.h"
#include "provider.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Time in seconds after which a question of a shell ends, even if a file system
** hangs. */
#define PATIENCE 3

static bool is_question(const struct mk_options *o) {
  return mk_options_has_word(o, "completion") && o->script + 1 < o->argc &&
         !strcmp(o->argv[o->script + 1], "--complete");
}

bool mk_help_is_asked(const struct mk_options *o) {
  return o->sbom || o->types || mk_options_has_word(o, MK_HELP_WORD) ||
         mk_options_ask_of_version(o) || is_question(o);
}

static bool forget_token(void *data, const char *name, const char *value,
                         size_t len) {
  (void)data, (void)name, (void)value, (void)len;
  return true;
}

/* Unsets environment variables that can make a run fail.  The user may be
** reading the manual because one of these variables has a wrong value. */
static void forget_settings(void) {
  static const char *const names[] = {MK_PROVIDER_BASE_URL_VARIABLE,
                                      "SSL_CERT_FILE", "SSL_CERT_DIR",
                                      "LUA_INIT"};
  mk_token_take_variables(forget_token, NULL);
  mk_providers_forget_variables();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unsetenv(names[i]);
}

/* Ignores most of the given options, because these options apply to a script,
** and no script is run. */
int mk_help_run(const struct mk_options *o) {
  char words[][sizeof MK_VERSION_WORD] = {"mkrun", MK_HELP_WORD,
                                          MK_VERSION_WORD};
  char *about_version[] = {words[0], words[1], words[2], NULL};
  struct mk_options plain = {.argc = o->argc,
                             .argv = o->argv,
                             .script = o->script,
                             .no_env = o->no_env,
                             .sbom = o->sbom,
                             .types = o->types,
                             .completes = is_question(o)};
  plain.manual = !plain.completes;
  if (mk_options_ask_of_version(o)) {
    plain.argv = about_version;
    plain.script = 1;
    plain.argc = 3;
  }
  forget_settings();
  if (plain.completes) {
    signal(SIGALRM, SIG_DFL);
    alarm(PATIENCE);
  }
  return mk_host_run(&plain);
}
