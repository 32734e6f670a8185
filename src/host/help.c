/* help.c - runs `mkrun help [NAME]`, which prints the manual in the binary, and
** --sbom and --types.
** SPDX-License-Identifier: MIT */
#include "host/help.h"

#include "host/run.h"

#include <stdlib.h>

/* Unsets environment variables that can make a run fail.  The user may be
** reading the manual because one of these variables has a wrong value. */
static void forget_settings(void) {
  static const char *const names[] = {"MKIO_BASE_URL", "SSL_CERT_FILE",
                                      "SSL_CERT_DIR", "LUA_INIT"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unsetenv(names[i]);
}

/* Ignores most of the given options, because these options apply to a script,
** and `mkrun help`, --sbom and --types run no script. */
int mk_help_run(const struct mk_options *o) {
  forget_settings();
  struct mk_options plain = {.argc = o->argc,
                             .argv = o->argv,
                             .script = o->script,
                             .no_env = o->no_env,
                             .sbom = o->sbom,
                             .types = o->types,
                             .manual = true};
  return mk_host_run(&plain);
}
