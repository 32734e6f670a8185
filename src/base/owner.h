/* owner.h - whose a file is, and who led there.
**
** Files that direct a run, or that take what it writes, are looked at when
** they are open, so that nobody can put another one in their place.  Functions
** return 0 or an errno value, of which mk_file_why makes words.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_OWNER_H
#define MK_BASE_OWNER_H

#include <errno.h>
#include <stdbool.h>

#define MK_FILE_UNTRUSTED EKEYREJECTED /* to read, and do what it says */
#define MK_FILE_FOREIGN EOWNERDEAD     /* to write into */
#define MK_FILE_FOREIGN_LINK ELNRNG

/* Is it the effective user's or root's, and can nobody else write it? */
int mk_owner_check_input(int fd);

/* Can nobody but its owner write it?  For what may be another user's, such as
** a secret that is mounted into a container. */
int mk_owner_check_mounted(int fd);

/* Can others read it?  A file of another user can be read because of its group
** only.  `*mode` gets its permissions then. */
bool mk_owner_is_shown(int fd, unsigned *mode);

/* Is it the effective user's or root's? */
int mk_owner_check_output(int fd);

/* A link that ends `path` is followed as Linux does it with
** fs.protected_symlinks: in a sticky folder that all can write to, only one of
** the effective user or of the folder's owner.  `*is_link` tells whether there
** is one. */
int mk_owner_check_links(const char *path, bool *is_link);

#endif
