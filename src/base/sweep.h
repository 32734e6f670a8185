/* sweep.h - what killed runs left beside a file.  SPDX-License-Identifier: MIT
 */
#ifndef MK_BASE_SWEEP_H
#define MK_BASE_SWEEP_H

#include <sys/types.h>

/* Removes the temporary files of `path` (".name.XXXXXX") that hold nothing but
** the `size` reserved bytes and that no run has open.  One with a content
** stays: it may be the only copy. */
void mk_sweep(const char *path, off_t size);

#endif
