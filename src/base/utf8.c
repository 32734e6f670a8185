/* utf8.c - checks that bytes are UTF-8.
** SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

static bool is_tail(const unsigned char *p) {
  return (*p & 0xC0) == 0x80;
}

/* Returns the length in bytes of the character at `text`, which begins with a
** byte above 0x7F.  Returns 0 if the bytes are not valid UTF-8: an overlong
** form, a surrogate, a value above U+10FFFF or an incomplete character. */
static size_t sequence_length(const char *text, const char *end) {
  const unsigned char *p = (const unsigned char *)text;
  ptrdiff_t left = end - text;
  unsigned char second_min = 0x80, second_max = 0xBF;

  if (p[0] >= 0xC2 && p[0] <= 0xDF) return left >= 2 && is_tail(p + 1) ? 2 : 0;
  if (p[0] == 0xE0) second_min = 0xA0;
  if (p[0] == 0xED) second_max = 0x9F;
  if (p[0] == 0xF0) second_min = 0x90;
  if (p[0] == 0xF4) second_max = 0x8F;
  if (left < 3 || p[1] < second_min || p[1] > second_max || !is_tail(p + 2))
    return 0;
  if (p[0] >= 0xE0 && p[0] <= 0xEF) return 3;
  if (p[0] < 0xF0 || p[0] > 0xF4) return 0;
  return left >= 4 && is_tail(p + 3) ? 4 : 0;
}

const char *mk_utf8_skip_wide(const char *p, const char *end) {
  while (p < end && *p & 0x80) {
    const unsigned char *u = (const unsigned char *)p;
    size_t n = 2; /* tries the length 2 first */
    if (u[0] < 0xC2 || u[0] > 0xDF || end - p < 2 || !is_tail(u + 1))
      n = sequence_length(p, end);
    if (!n) break;
    p += n;
  }
  return p;
}

static const char *skip_ascii(const char *p, const char *end) {
  while (end - p >= 8) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    word &= HIGH_BITS;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (word) return p + __builtin_ctzll(word) / 8;
#else
    if (word) break;
#endif
    p += 8;
  }
  while (p < end && !(*p & 0x80)) p++;
  return p;
}

size_t mk_utf8_span(const char *text, size_t len) {
  const char *p = text, *end = text + len;
  for (;;) {
    p = mk_utf8_skip_wide(skip_ascii(p, end), end);
    if (p == end || *p & 0x80) return (size_t)(p - text);
  }
}
