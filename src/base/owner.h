/* owner.h - checks who owns a file, who can write to the file, and who made the
** symbolic links to the file.
**
** append_log.c, file.c and http/trust.c call it.  Most checks take an open
** descriptor, so that nobody can replace the file between the check and its
** use.  Functions return 0 or an errno value; mk_file_why returns the messages.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_OWNER_H
#define MK_BASE_OWNER_H

#include <errno.h>
#include <stdbool.h>

/* errno values that these functions return.  MK_FILE_UNTRUSTED: another user
** owns the file or can write to it.  MK_FILE_FOREIGN: another user owns the
** file, so mkrun does not write to it.  MK_FILE_FOREIGN_LINK: another user made
** the symbolic link. */
#define MK_FILE_UNTRUSTED EKEYREJECTED
#define MK_FILE_FOREIGN EOWNERDEAD
#define MK_FILE_FOREIGN_LINK ELNRNG

/* Checks that the file belongs to the effective user or root, and that no other
** user can write to the file. */
int mk_owner_check_input(int fd);

/* Checks that only the owner can write to the file.  The owner may be another
** user, because a secret that is mounted into a container often belongs to
** another user. */
int mk_owner_check_mounted(int fd);

/* Returns true if other users can read the file, and sets `*mode` to the file's
** permissions.  If the file belongs to another user, read permission for the
** group is allowed, because mkrun itself may need this permission to read the
** file. */
bool mk_owner_is_shown(int fd, unsigned *mode);

/* Checks that the file belongs to the effective user or root. */
int mk_owner_check_output(int fd);

/* If `path` is a symbolic link, checks the link, and also the next link if the
** link points to another link.  The rule is that of Linux's
** fs.protected_symlinks: in a sticky folder that all users can write to, a link
** must belong to the effective user or to the folder's owner.  Sets `*is_link`
** to true if `path` is a symbolic link. */
int mk_owner_check_links(const char *path, bool *is_link);

#endif
