/* real_path.h - finds the file that a path leads to.
**
** lua/cage.c calls it for the files that a script may use, and runner_grant.c
** for the programs.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_REAL_PATH_H
#define MK_BASE_REAL_PATH_H

/* Sets `*real` to the absolute path without symbolic links of the file at
** `path`, to be freed.  The file itself may be missing, but its folder must
** exist; a symbolic link to a missing file leads to that missing file.
**
** Returns 0 or an errno value.  A path to an open descriptor, such as
** /dev/fd/3, leads to the file of the descriptor; for a pipe, a socket or a
** file that was removed, returns ENOENT. */
int mk_real_path(const char *path, char **real);

#endif
