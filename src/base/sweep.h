/* sweep.h - removes temporary files of runs that were killed.
**
** lua/sys.c calls mk_sweep when a script reserves a file for a new token.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_SWEEP_H
#define MK_BASE_SWEEP_H

#include <sys/types.h>

/* Removes temporary files of the target `path`: files with names such as
** ".name.XXXXXX" in the same folder.  Only removes a file that has `size`
** bytes, begins with a zero byte, and is not locked by another run.  A file
** with other content is kept, because the file may be the only copy of a
** token. */
void mk_sweep(const char *path, off_t size);

#endif
