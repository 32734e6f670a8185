/* runner.h - starts granted commands outside of the cage.
**
** lua/cage.c opens the runner before the cage is closed.  command.c then starts
** all commands by the runner.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_RUNNER_H
#define MK_BASE_RUNNER_H

#include "base/runner_grant.h"

#include <stdbool.h>
#include <stddef.h>

/* A command that the runner started. */
struct mk_runner_job;

/* Starts the runner, a process that ends with this one.  From then on commands
** run with the environment, the current folder and the limits of this moment,
** and only if they are in the list.
**
** The runner overwrites the secrets that are registered for redaction.  It does
** not know other copies, such as the bytes of Lua's secrets, so open the runner
** before the run reads a token.  No other process of the user can read its
** memory.  Sets the fault and returns false if the runner cannot start, for
** example because a program of the list is not on PATH. */
bool mk_runner_open(const struct mk_runner_command *commands, size_t count,
                    struct mk_fault *fault);

/* Returns true if a runner was opened. */
bool mk_runner_is_open(void);

/* Returns the descriptor that can be read when a command may have ended, or -1
** without a runner. */
int mk_runner_descriptor(void);

/* Starts the command with files[N] as its descriptor N, for N from 0 to 2; a
** negative number stands for a closed descriptor.  Returns 0 or an errno value:
** EPERM if the command is not granted. */
int mk_runner_start(const char *text, const int *files,
                    struct mk_runner_job **job);

/* Returns 1 and sets `*status` to the status from waitpid if the command has
** ended; then the job is freed.  Returns 0 if the command runs, and -1 with
** errno set if the runner is gone. */
int mk_runner_poll(struct mk_runner_job *job, int *status);

/* Sends the signal to the command: SIGINT, SIGTERM, SIGHUP or SIGPIPE. */
void mk_runner_signal(const struct mk_runner_job *job, int number);

#endif
