/* unpack.c - finds and inflates the files that are part of the binary.
**
** They are a third of their size this way, and only what is required is
** unpacked.  SPDX-License-Identifier: MIT */
#include "embed.h"

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

bool mk_embedded_unpack(const struct mk_embedded *e, char *out) {
  z_stream z = {0};
  if (inflateInit2(&z, -MAX_WBITS) != Z_OK) return false; /* no zlib header */
  z.next_in = (z_const Bytef *)e->packed;
  z.avail_in = (uInt)e->packed_len;
  z.next_out = (Bytef *)out;
  z.avail_out = (uInt)e->len;
  bool whole = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == e->len;
  inflateEnd(&z);
  return whole;
}
