/* run.h - performs one run of mkrun: creates the Lua state, runs the script,
** and determines the exit code.
**
** host/main.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_RUN_H
#define MK_HOST_RUN_H

struct mk_options;

/* Performs a run with the given options.  Prints an error message if the run
** fails.  Returns the exit code of the process. */
int mk_host_run(const struct mk_options *o);

#endif
