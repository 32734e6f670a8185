/* embed.h - the Lua files that are part of the binary.
** SPDX-License-Identifier: MIT */
#ifndef MK_EMBED_H
#define MK_EMBED_H

#include <stdbool.h>
#include <stddef.h>

struct mk_embedded {
  const char *name;   /* "mkrun.client", "mkio"; a flow: "scripts/onboard" */
  const char *path;   /* "lua/mkrun/client.lua"; its chunk name is "@" path */
  const char *packed; /* as a raw deflate stream (RFC 1951); a module comes */
  size_t packed_len;  /* without its lines of comment */
  size_t len;         /* bytes when it is unpacked */
};

/* Sorted by name (strcmp order). */
extern const struct mk_embedded mk_embedded[];
extern const size_t mk_embedded_count;

/* The embedded file of that name, or NULL. */
const struct mk_embedded *mk_embedded_find(const char *name);

/* Writes the file's `len` bytes to `out`; false when memory ends. */
bool mk_embedded_unpack(const struct mk_embedded *e, char *out);

#endif
