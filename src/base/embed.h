/* embed.h - the Lua files and manual pages that are compiled into the binary.
**
** vendor/embed.lua generates mk_packs and mk_embedded at build time.
** host/searcher.c, host/script.c and lua/sys.c read the files.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_EMBED_H
#define MK_BASE_EMBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* There are some hundred of these, so they are small and hold no address. */
struct mk_embedded {
  /* Position and length of the file in the decompressed pack, in bytes.  The
  ** comment lines of modules were removed at build time. */
  uint32_t offset, len;
  /* Position of the name in mk_embedded_names. */
  uint16_t name;
  /* Index into mk_packs: the pack that contains the file. */
  uint8_t pack;
  /* Index into mk_embedded_shapes: how the path follows from the name. */
  uint8_t shape;
};

/* Several files, concatenated, with codes for words (see words.h), and then
** compressed as a raw deflate stream (RFC 1951).  The files of one pack are
** usually needed together.  They have much text in common, so the pack is
** smaller than the files compressed one by one. */
struct mk_pack {
  /* The compressed bytes. */
  const char *bytes;
  /* Number of compressed bytes. */
  size_t packed_len;
  /* Number of bytes after decompression, with codes for words. */
  size_t coded_len;
  /* Number of words.  0: the bytes are no text and have no codes. */
  size_t words;
  /* Number of bytes of the files. */
  size_t len;
  /* True if the files are bytecode, which vendor/embed.lua made. */
  bool is_code;
};

enum { MK_PACKS_MAX = 16, MK_EMBEDDED_PATH_MAX = 128 };

extern const struct mk_pack mk_packs[];

/* All embedded files, sorted by name in the order of strcmp. */
extern const struct mk_embedded mk_embedded[];
extern const size_t mk_embedded_count;

/* All names, each with a NUL at its end. */
extern const char mk_embedded_names[];

/* The shapes of paths, such as "lua/%s.lua". */
extern const char *const mk_embedded_shapes[];

/* Returns a module name such as "mkrun.client", or a name such as
** "scripts/onboard" or "manual/plan". */
const char *mk_embedded_name(const struct mk_embedded *e);

/* Writes the path in the source tree, such as "lua/mkrun/client.lua".  The Lua
** chunk name is "@" and this path. */
void mk_embedded_path(const struct mk_embedded *e,
                      char path[MK_EMBEDDED_PATH_MAX]);

/* Returns true if the content is bytecode. */
bool mk_embedded_is_code(const struct mk_embedded *e);

/* Returns the embedded file with that name, or NULL. */
const struct mk_embedded *mk_embedded_find(const char *name);

/* Writes the content of the file, e->len bytes, to `out`.  Returns false if out
** of memory. */
bool mk_embedded_unpack(const struct mk_embedded *e, char *out);

/* Decompresses a raw deflate stream, `len` bytes, to exactly `out_len` bytes at
** `out`.  vendor/bytes.lua compressed it when the program was built.  Returns
** false if out of memory. */
bool mk_inflate(const void *packed, size_t len, void *out, size_t out_len);

#endif
