/* embed.h - the Lua files and manual pages that are compiled into the binary.
**
** vendor/embed.lua generates mk_packs and mk_embedded at build time.
** host/searcher.c, host/script.c and lua/sys.c read the files.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_EMBED_H
#define MK_BASE_EMBED_H

#include <stdbool.h>
#include <stddef.h>

struct mk_embedded {
  /* Module name such as "mkrun.client", or a name such as "scripts/onboard" or
  ** "manual/plan". */
  const char *name;
  /* Path in the source tree, such as "lua/mkrun/client.lua".  The Lua chunk
  ** name is "@" and this path. */
  const char *path;
  /* Index into mk_packs: the pack that contains the file. */
  size_t pack;
  /* Position and length of the file in the decompressed pack, in bytes.  The
  ** comment lines of modules were removed at build time. */
  size_t offset, len;
  /* True if the content is bytecode, which vendor/embed.lua made. */
  bool is_code;
};

/* Several files, concatenated and then compressed as a raw deflate stream (RFC
** 1951).  The files of one pack are usually needed together.  They have much
** text in common, so the pack is smaller than the files compressed one by
** one. */
struct mk_pack {
  /* The compressed bytes. */
  const char *bytes;
  /* Number of compressed bytes. */
  size_t packed_len;
  /* Number of bytes after decompression. */
  size_t len;
};

enum { MK_PACKS_MAX = 12 };

extern const struct mk_pack mk_packs[];

/* All embedded files, sorted by name in the order of strcmp. */
extern const struct mk_embedded mk_embedded[];
extern const size_t mk_embedded_count;

/* Returns the embedded file with that name, or NULL. */
const struct mk_embedded *mk_embedded_find(const char *name);

/* Writes the content of the file, e->len bytes, to `out`.  Returns false if out
** of memory. */
bool mk_embedded_unpack(const struct mk_embedded *e, char *out);

#endif
