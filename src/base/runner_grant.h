/* runner_grant.h - the commands that a confined run may start.
**
** runner.c makes the list, runner_serve.c looks commands up.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_RUNNER_GRANT_H
#define MK_BASE_RUNNER_GRANT_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* One granted command.  Exactly one of the fields is not NULL. */
struct mk_runner_command {
  /* The whole text of a shell command. */
  const char *exact;
  /* A program, as the first word of a command.  The command's other words are
  ** free, but there may be nothing in it that needs a shell. */
  const char *program;
};

struct mk_runner_grants {
  size_t count;
  struct mk_runner_grant *rows;
};

/* A command that may be started.  `words` is freed by free. */
struct mk_runner_match {
  const char *path;
  char **words;
};

/* Copies the list, and finds each program on PATH.  Sets the fault and returns
** false if a program is not there. */
bool mk_runner_grants_new(struct mk_runner_grants *g,
                          const struct mk_runner_command *commands,
                          size_t count, struct mk_fault *fault);

/* Frees the list.  The struct may be {0}. */
void mk_runner_grants_free(struct mk_runner_grants *g);

/* Finds how to run the command: with a shell if its whole text is granted, or
** else without.  Returns 0 or an errno value, EPERM if it is not granted. */
int mk_runner_grants_find(const struct mk_runner_grants *g, const char *text,
                          struct mk_runner_match *m);

#endif
