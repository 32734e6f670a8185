/* cage_seccomp.h - refuses system calls by a seccomp filter.
**
** cage.c confines a script by them, host/trial.c cuts off a test.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CAGE_SECCOMP_H
#define MK_BASE_CAGE_SECCOMP_H

#include "base/fault.h"

#include <stdbool.h>

/* Returns true if the kernel and this kind of machine have the filter. */
bool mk_seccomp_find(void);

/* Refuses the system calls of cage_calls.c, in this thread and later threads.
** `binds` is true if the process may wait for connections on a port.  Sets the
** fault and returns false if the kernel does not take the filter. */
bool mk_seccomp_apply(bool binds, struct mk_fault *fault);

/* From now on this process and its commands get ENETUNREACH for each socket of
** IPv4 and IPv6.  Returns false if the kernel has no seccomp. */
bool mk_seccomp_cut_network(void);

#endif
