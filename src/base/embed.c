/* embed.c - finds and decompresses the files that are compiled into the binary.
**
** Compression reduces the files to a quarter of their size.  A pack is a group
** of files that are compressed together.  A pack is decompressed when the first
** of its files is needed.
** SPDX-License-Identifier: MIT */
#include "base/embed.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static int compare(const void *name, const void *entry) {
  return strcmp(name, ((const struct mk_embedded *)entry)->name);
}

const struct mk_embedded *mk_embedded_find(const char *name) {
  return bsearch(name, mk_embedded, mk_embedded_count, sizeof *mk_embedded,
                 compare);
}

static bool inflate_pack(const struct mk_pack *pack, char *out) {
  z_stream z = {0};
  /* A negative window size makes zlib expect a raw deflate stream. */
  if (inflateInit2(&z, -MAX_WBITS) != Z_OK) return false;
  z.next_in = (z_const Bytef *)pack->bytes;
  z.avail_in = (uInt)pack->packed_len;
  z.next_out = (Bytef *)out;
  z.avail_out = (uInt)pack->len;
  bool whole =
      inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == pack->len;
  inflateEnd(&z);
  return whole;
}

/* Returns the decompressed text of the pack with this index, or NULL if out of
** memory.  The text is kept until the process ends, because other files of the
** pack are usually needed soon. */
static const char *text_of(size_t number) {
  static char *texts[MK_PACKS_MAX];
  if (texts[number]) return texts[number];
  char *text = malloc(mk_packs[number].len + 1);
  if (text && !inflate_pack(&mk_packs[number], text)) {
    free(text);
    text = NULL;
  }
  texts[number] = text;
  return text;
}

bool mk_embedded_unpack(const struct mk_embedded *e, char *out) {
  const char *text = text_of(e->pack);
  if (text) memcpy(out, text + e->offset, e->len);
  return text != NULL;
}
