/* embed.h - the Lua files that are part of the binary.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_EMBED_H
#define MK_BASE_EMBED_H

#include <stdbool.h>
#include <stddef.h>

struct mk_embedded {
  const char *name;   /* "mkrun.client", "mkio"; a flow: "scripts/onboard" */
  const char *path;   /* "lua/mkrun/client.lua"; its chunk name is "@" path */
  size_t pack;        /* number of the pack that it is in, and where there; */
  size_t offset, len; /* a module comes without its lines of comment */
};

/* Files that are used together, one after the other, as a raw deflate stream
** (RFC 1951): what they have in common is there once. */
struct mk_pack {
  const char *bytes;
  size_t packed_len;
  size_t len;
};

enum { MK_PACKS_MAX = 8 };

extern const struct mk_pack mk_packs[];

/* Sorted by name (strcmp order). */
extern const struct mk_embedded mk_embedded[];
extern const size_t mk_embedded_count;

/* The embedded file of that name, or NULL. */
const struct mk_embedded *mk_embedded_find(const char *name);

/* Writes the file's `len` bytes to `out`; false when memory ends. */
bool mk_embedded_unpack(const struct mk_embedded *e, char *out);

#endif
