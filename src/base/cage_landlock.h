/* cage_landlock.h - holds this process to files and TCP ports by Landlock.
**
** Only cage.c calls these functions.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CAGE_LANDLOCK_H
#define MK_BASE_CAGE_LANDLOCK_H

#include "base/cage_grant.h"
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* The first versions of Landlock that hold TCP ports, and signals and abstract
** sockets. */
enum { MK_LANDLOCK_PORTS = 4, MK_LANDLOCK_SIGNALS = 6 };

/* Sets `*version` to the kernel's version of Landlock, or to 0 if the kernel
** has none.  On any other failure, sets the fault and returns false. */
bool mk_landlock_find(int *version, struct mk_fault *fault);

/* Refuses everything that this version can refuse, except for the grants.  Sets
** the fault and returns false if that fails. */
bool mk_landlock_apply(int version, const struct mk_cage_grant *grants,
                       size_t count, struct mk_fault *fault);

#endif
