/* base64url.c - decodes base64url (RFC 4648, section 5).
** SPDX-License-Identifier: MIT */
#include "base/base64url.h"

#include <stdint.h>

static int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

bool mk_base64url_decode(const char *text, size_t len, char *out,
                         size_t *out_len) {
  uint32_t bits = 0;
  unsigned count = 0;
  size_t used = 0;
  for (size_t i = 0; i < len; i++) {
    int value = value_of(text[i]);
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
