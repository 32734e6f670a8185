/* cage.h - asks the kernel to hold this process to a list of grants.
**
** lua/cage.c calls these functions for a run that is confined.  The cage holds
** files and TCP ports (Landlock), system calls (seccomp), and what other
** processes may read of this one.  A cage cannot be opened again.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CAGE_H
#define MK_BASE_CAGE_H

#include "base/cage_grant.h"
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes that the longest text of mk_cage_describe needs. */
#define MK_CAGE_TEXT 80

/* What holds, or what this kernel could do. */
struct mk_cage_state {
  /* Version of Landlock, 0 without Landlock.  Ports need version 4, signals and
  ** abstract sockets version 6. */
  int landlock;
  /* The filter of system calls. */
  bool seccomp;
};

/* Closes the cage over this process and its later threads.  Call it once, while
** the process has one thread.  Descriptors that are open stay usable.
**
** A kernel without Landlock or seccomp is no fault; `*state` says what holds.
** Any other failure sets the fault and returns false; then a part may hold
** already, and the caller must not run the script. */
bool mk_cage_close(const struct mk_cage_grant *grants, size_t count,
                   struct mk_cage_state *state, struct mk_fault *fault);

/* Finds what mk_cage_close could apply, and changes nothing.  Returns false and
** sets the fault if the kernel does not say so. */
bool mk_cage_probe(struct mk_cage_state *state, struct mk_fault *fault);

/* Describes the state in one line, such as "Landlock 6 (files, ports, signals),
** seccomp".  `text` has MK_CAGE_TEXT bytes. */
void mk_cage_describe(const struct mk_cage_state *state, char *text);

#endif
