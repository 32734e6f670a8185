/* run.h - performs one run of mkrun.
**
** host/main.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_RUN_H
#define MK_HOST_RUN_H

struct mk_options;

/* Performs the run that the options describe.  Returns the exit code. */
int mk_host_run(const struct mk_options *o);

#endif
