/* embed.c - finds and decompresses the files that are compiled into the binary.
**
** Compression reduces the files to less than a quarter of their size.  A pack
** is a group of files that are compressed together.  A pack is decompressed
** when the first of its files is needed.
** SPDX-License-Identifier: MIT */
#include "base/embed.h"

#include "base/words.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

const char *mk_embedded_name(const struct mk_embedded *e) {
  return mk_embedded_names + e->name;
}

void mk_embedded_path(const struct mk_embedded *e,
                      char path[MK_EMBEDDED_PATH_MAX]) {
  const char *shape = mk_embedded_shapes[e->shape];
  const char *name = mk_embedded_name(e);
  size_t before = strcspn(shape, "%"), len = strlen(name);
  char *to = path + before;
  memcpy(path, shape, before);
  memcpy(to, name, len);
  strcpy(to + len, shape + before + 2);
  bool is_module = !strchr(name, '/');
  for (size_t i = 0; is_module && i < len; i++)
    if (to[i] == '.') to[i] = '/';
}

bool mk_embedded_is_code(const struct mk_embedded *e) {
  return mk_packs[e->pack].is_code;
}

static int compare(const void *name, const void *entry) {
  return strcmp(name, mk_embedded_name(entry));
}

const struct mk_embedded *mk_embedded_find(const char *name) {
  return bsearch(name, mk_embedded, mk_embedded_count, sizeof *mk_embedded,
                 compare);
}

bool mk_inflate(const void *packed, size_t len, void *out, size_t out_len) {
  z_stream z = {0};
  /* A negative window size makes zlib expect a raw deflate stream. */
  if (inflateInit2(&z, -MAX_WBITS) != Z_OK) return false;
  z.next_in = (z_const Bytef *)packed;
  z.avail_in = (uInt)len;
  z.next_out = out;
  z.avail_out = (uInt)out_len;
  bool whole = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == out_len;
  inflateEnd(&z);
  return whole;
}

static bool inflate_pack(const struct mk_pack *pack, char *out) {
  return mk_inflate(pack->bytes, pack->packed_len, out, pack->coded_len);
}

/* Writes the files of the pack to `out`.  Returns false if out of memory. */
static bool unpack(const struct mk_pack *pack, char *out) {
  if (!pack->words) return inflate_pack(pack, out);
  char *coded = malloc(pack->coded_len);
  bool whole =
      coded && inflate_pack(pack, coded) &&
      mk_words_expand(coded, pack->coded_len, pack->words, out, pack->len);
  free(coded);
  return whole;
}

/* Returns the decompressed text of the pack with this index, or NULL if out of
** memory.  The text is kept until the process ends, because other files of the
** pack are usually needed soon. */
static const char *text_of(size_t number) {
  static char *texts[MK_PACKS_MAX];
  if (texts[number]) return texts[number];
  char *text = malloc(mk_packs[number].len + 1);
  if (text && !unpack(&mk_packs[number], text)) {
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
