/* base64.c - encodes and decodes base64 and base64url (RFC 4648), without
** padding.
** SPDX-License-Identifier: MIT */
#include "base/base64.h"

#include <stdint.h>

static char letter_of(unsigned value, const char *last) {
  static const char letters[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return value < 62 ? letters[value] : last[value - 62];
}

static int value_of(char c, const char *last) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == last[0]) return 62;
  if (c == last[1]) return 63;
  return -1;
}

size_t mk_base64_encode(const char *bytes, size_t len, const char *last,
                        char *out) {
  uint32_t bits = 0;
  unsigned count = 0;
  size_t used = 0;
  for (size_t i = 0; i < len; i++) {
    bits = (bits << 8 | (unsigned char)bytes[i]) & 0xffff;
    for (count += 8; count >= 6;) {
      count -= 6;
      out[used++] = letter_of(bits >> count & 63, last);
    }
  }
  if (count > 0) out[used++] = letter_of(bits << (6 - count) & 63, last);
  return used;
}

bool mk_base64_decode(const char *text, size_t len, const char *last, char *out,
                      size_t *out_len) {
  uint32_t bits = 0;
  unsigned count = 0;
  size_t used = 0;
  for (size_t i = 0; i < len; i++) {
    int value = value_of(text[i], last);
    if (value < 0) return false;
    bits = (bits << 6 | (uint32_t)value) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out[used++] = (char)(unsigned char)(bits >> count);
    }
  }
  *out_len = used;
  return len % 4 != 1;
}
