/* cage_grant.h - what a confined run may do.
**
** cage.c and cage_landlock.c use it.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CAGE_GRANT_H
#define MK_BASE_CAGE_GRANT_H

enum mk_cage_right {
  /* Read the file, or the files and folders below the folder.  A path that does
  ** not exist is left out. */
  MK_CAGE_READ,
  /* Also write, create, remove, rename and truncate below the folder. */
  MK_CAGE_WRITE,
  /* Connect to the TCP port of any host, or bind to it. */
  MK_CAGE_CONNECT,
  MK_CAGE_BIND,
};

struct mk_cage_grant {
  enum mk_cage_right right;
  /* For MK_CAGE_READ and MK_CAGE_WRITE. */
  const char *path;
  /* For MK_CAGE_CONNECT and MK_CAGE_BIND. */
  unsigned port;
};

#endif
