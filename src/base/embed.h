/* embed.h - the Lua files and manual pages that are compiled into the binary.
**
** vendor/embed.lua generates the tables at build time.  host/searcher.c,
** host/script.c, host/help.c and lua/sys.c read them.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_EMBED_H
#define MK_BASE_EMBED_H

#include <stdbool.h>
#include <stddef.h>

struct mk_embedded {
  const char *name;   /* "mkrun.client"; "scripts/onboard"; "manual/plan" */
  const char *path;   /* "lua/mkrun/client.lua"; chunk name: "@" path */
  size_t pack;        /* index into mk_packs */
  size_t offset, len; /* place in the pack; modules have no comment lines */
};

/* Several files, concatenated and compressed as a raw deflate stream (RFC
** 1951).  They are usually needed together, and have much text in common, so
** they are smaller together. */
struct mk_pack {
  const char *bytes;
  size_t packed_len;
  size_t len;
};

enum { MK_PACKS_MAX = 8 };

extern const struct mk_pack mk_packs[];

/* Sorted by name, in the order of strcmp. */
extern const struct mk_embedded mk_embedded[];
extern const size_t mk_embedded_count;

/* Returns the embedded file with that name, or NULL. */
const struct mk_embedded *mk_embedded_find(const char *name);

/* Writes the file's `len` bytes to `out`.  False when memory ends. */
bool mk_embedded_unpack(const struct mk_embedded *e, char *out);

#endif
