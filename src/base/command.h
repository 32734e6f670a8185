/* command.h - starts a shell command and finds out how it ended.
**
** child.c and feed.c use it.  If mkrun has a runner, the runner starts the
** command, otherwise mkrun itself.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_COMMAND_H
#define MK_BASE_COMMAND_H

#include <signal.h>
#include <sys/types.h>
#include <time.h>

struct mk_runner_job;

/* A command that was started.  One of the fields is set. */
struct mk_command {
  pid_t pid;
  struct mk_runner_job *job;
};

/* Starts the shell command.  files[N] becomes its descriptor N, for N from 0 to
** 2; -1 means that of mkrun.  Unless `reset` is NULL, the signals in `reset`
** have their default action in the command.  Returns 0 or an errno value. */
int mk_command_start(struct mk_command *c, const char *text, const int *files,
                     const sigset_t *reset);

/* Returns 1 and sets `*status` to the status from waitpid if the command has
** ended; call it no more then.  Returns 0 if the command runs, and -1 with
** errno set if there will be no status. */
int mk_command_poll(const struct mk_command *c, int *status);

/* Sends a signal that ended mkrun's own run to the command. */
void mk_command_signal(const struct mk_command *c, int number);

/* Waits until a command may have ended, a signal arrives, or the time is over.
** `limit` is NULL for no limit.  `mask` is the mask of signals meanwhile. */
void mk_command_sleep(const struct timespec *limit, const sigset_t *mask);

#endif
