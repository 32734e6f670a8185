/* sweep.h - removes temporary files that killed runs left behind.
**
** lua/sys.c calls it when it reserves a file for a token.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_SWEEP_H
#define MK_BASE_SWEEP_H

#include <sys/types.h>

/* Removes the temporary files of `path` (".name.XXXXXX") that contain only the
** `size` reserved zero bytes and that no run has locked.  A file with content
** is kept: it may be the only copy of a token. */
void mk_sweep(const char *path, off_t size);

#endif
