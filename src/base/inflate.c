/* inflate.c - decompresses what vendor/bytes.lua compressed when the program
 *was
 ** built.
 ** SPDX-License-Identifier: MIT */
#include "base/inflate.h"

#include <zlib.h>

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
