/* embed.h - the Lua files that are part of the binary.
** SPDX-License-Identifier: MIT */
#ifndef MK_EMBED_H
#define MK_EMBED_H

#include <stddef.h>

struct mk_embedded {
  const char *name;   /* "mkrun.client", "mkio"; a flow: "scripts/onboard" */
  const char *path;   /* "lua/mkrun/client.lua"; its chunk name is "@" path */
  const char *source; /* the file as it is, NUL-terminated */
  size_t len;         /* bytes of `source`, without the NUL */
};

/* Sorted by name (strcmp order). */
extern const struct mk_embedded mk_embedded[];
extern const size_t mk_embedded_count;

#endif
