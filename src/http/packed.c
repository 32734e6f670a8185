/* packed.c - decompresses a response body (Content-Encoding gzip or deflate).
** SPDX-License-Identifier: MIT */
#include "http/packed.h"

/* Numbers that are added to zlib's window size to select a format. */
enum { GZIP = 16, GZIP_OR_ZLIB = 32 };

bool mk_packed_open(struct mk_packed *p) {
  /* the last body may have changed the format */
  int kind = MAX_WBITS + GZIP_OR_ZLIB;
  bool open = p->open ? inflateReset2(&p->z, kind) == Z_OK
                      : inflateInit2(&p->z, kind) == Z_OK;
  p->open |= open;
  p->begun = p->ended = false;
  p->wrong = NULL;
  return open;
}

/* Starts the next member of a gzip body.  Every member begins with the byte
** 0x1f.  If the next byte is different, sets `wrong` and returns false. */
static bool next_member(struct mk_packed *p) {
  p->ended = *p->z.next_in != 0x1f || inflateReset2(&p->z, MAX_WBITS + GZIP);
  if (p->ended) p->wrong = "continues after its end";
  return !p->ended;
}

bool mk_packed_add(struct mk_packed *p, const char *bytes, size_t len,
                   bool (*sink)(void *arg, const char *bytes, size_t len),
                   void *arg) {
  unsigned char out[8192];
  p->begun |= len > 0;
  p->z.next_in = (z_const Bytef *)bytes;
  p->z.avail_in = (uInt)len; /* libcurl passes at most 16 KiB */
  p->z.avail_out = 1;
  while (p->z.avail_in > 0 || (!p->ended && p->z.avail_out == 0)) {
    if (p->ended && !next_member(p)) return false;
    p->z.next_out = out;
    p->z.avail_out = sizeof out;
    int rc = inflate(&p->z, Z_NO_FLUSH);
    size_t got = sizeof out - p->z.avail_out;
    if (got > 0 && !sink(arg, (const char *)out, got)) return false;
    p->ended = rc == Z_STREAM_END;
    if (rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR) continue;
    p->wrong = "is damaged";
    return false;
  }
  return true;
}

void mk_packed_free(struct mk_packed *p) {
  if (p->open) inflateEnd(&p->z);
  p->open = false;
}
