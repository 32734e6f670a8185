/* control.c - finds control characters, which could change how a terminal
** displays a text.
** SPDX-License-Identifier: MIT */
#include "base/control.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

/* Returns true for a character that changes the direction of the text, and for
** a line or paragraph separator: U+061C, U+200E, U+200F, U+2028 to U+202E,
** U+2066 to U+2069. */
static bool is_separator_or_direction(const unsigned char *c, size_t len) {
  if (len == 2) return c[0] == 0xd8 && c[1] == 0x9c;
  if (len != 3 || c[0] != 0xe2) return false;
  if (c[1] == 0x81) return c[2] >= 0xa6 && c[2] <= 0xa9;
  return c[1] == 0x80 &&
         (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xa8 && c[2] <= 0xae));
}

static size_t length_at(const char *p, const char *end) {
  size_t len = 1;
  while (len < 4 && p + len < end && (p[len] & 0xc0) == 0x80) len++;
  while (len > 1 && mk_utf8_span(p, len) != len) len--;
  return len;
}

size_t mk_control_at(const char *p, const char *end) {
  unsigned char c = (unsigned char)*p;
  if (c < 0x80) return c < ' ' || c == 0x7f;
  size_t len = length_at(p, end);
  unsigned char next = len > 1 ? (unsigned char)p[1] : 0;
  if (len == 1) return c < 0xa0;
  if (len == 2 && c == 0xc2) return next < 0xa0 ? 2 : 0;
  return is_separator_or_direction((const unsigned char *)p, len) ? len : 0;
}

void mk_control_mask(char *text) {
  const char *end = text + strlen(text);
  char *to = text;
  for (const char *p = text; p < end;) {
    size_t len = mk_control_at(p, end);
    *to++ = len ? '?' : *p;
    p += len ? len : 1;
  }
  *to = '\0';
}
