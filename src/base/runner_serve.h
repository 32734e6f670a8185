/* runner_serve.h - the runner: a process outside of the cage that starts
** granted commands.
**
** Only runner.c calls it, in a new process.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_RUNNER_SERVE_H
#define MK_BASE_RUNNER_SERVE_H

#include "base/runner_grant.h"

#include <sys/types.h>

/* Starts the granted commands that `socket` asks for, until the other side of
** the socket is closed.  `parent` is the process of the other side.  Never
** returns. */
_Noreturn void mk_runner_serve(int socket, pid_t parent,
                               const struct mk_runner_grants *grants);

#endif
