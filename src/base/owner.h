/* owner.h - checks who owns a file, who can write it, and who made its links.
**
** append_log.c, file.c and http/trust.c call it.  The checks take an open
** descriptor, so that nobody can swap the file between check and use.
** Functions return 0 or an errno value; mk_file_why has the messages.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_OWNER_H
#define MK_BASE_OWNER_H

#include <errno.h>
#include <stdbool.h>

#define MK_FILE_UNTRUSTED EKEYREJECTED /* must not control a run */
#define MK_FILE_FOREIGN EOWNERDEAD     /* must not be written to */
#define MK_FILE_FOREIGN_LINK ELNRNG

/* Checks that the file belongs to the effective user or root and that nobody
** else can write it. */
int mk_owner_check_input(int fd);

/* Checks that only the owner can write the file.  The owner may be another
** user, as with a secret that is mounted into a container. */
int mk_owner_check_mounted(int fd);

/* Returns true if others can read the file; `*mode` gets its permissions then.
** Group permission is ignored for a file of another user: this process may need
** it to read the file. */
bool mk_owner_is_shown(int fd, unsigned *mode);

/* Checks that the file belongs to the effective user or root. */
int mk_owner_check_output(int fd);

/* Checks the symbolic links at the end of `path` by the rules of Linux's
** fs.protected_symlinks: in a sticky world-writable folder, a link must belong
** to the effective user or to the folder's owner.  `*is_link` tells whether
** `path` is a link. */
int mk_owner_check_links(const char *path, bool *is_link);

#endif
