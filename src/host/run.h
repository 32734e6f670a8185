/* run.h - one run of mkrun, from its options to its exit code.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_RUN_H
#define MK_HOST_RUN_H

struct mk_options;

/* Does what the options ask for and returns the exit code. */
int mk_host_run(const struct mk_options *o);

#endif
