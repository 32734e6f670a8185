/* fill.c - replaces strings of a JSON text.
** SPDX-License-Identifier: MIT */
#include "json/fill.h"

#include "base/utf8.h"

#include <stdio.h>

const char mk_json_fill_no_memory[] = "not enough memory";
#define OOM mk_json_fill_no_memory

/* Appends one byte of a string, escaped as RFC 8259 wants. */
static bool add_byte(struct mk_buf *out, char byte) {
  char escape[8];
  if ((unsigned char)byte < 0x20) {
    snprintf(escape, sizeof escape, "\\u%04x", (unsigned)byte);
    return mk_buf_puts(out, escape);
  }
  if ((byte == '"' || byte == '\\') && !mk_buf_add(out, "\\", 1)) return false;
  return mk_buf_add(out, &byte, 1);
}

static const char *add_string(struct mk_buf *out, const char *bytes,
                              size_t len) {
  if (mk_utf8_span(bytes, len) < len) return "a secret is not UTF-8";
  for (size_t i = 0; i < len; i++)
    if (!add_byte(out, bytes[i])) return OOM;
  return NULL;
}

/* Returns the length of a string in the text, up to its closing quote. */
static size_t string_length(const char *text, size_t len) {
  size_t n = 0;
  while (n < len && text[n] != '"') n += text[n] == '\\' && n + 1 < len ? 2 : 1;
  return n;
}

const char *mk_json_fill(const char *text, size_t len, mk_json_find *find,
                         void *data, struct mk_buf *out) {
  size_t at = 0;
  while (at < len) {
    size_t start = at;
    while (at < len && text[at] != '"') at++;
    if (at < len) at++;
    if (!mk_buf_add(out, text + start, at - start)) return OOM;
    if (at == len) break;
    size_t raw = string_length(text + at, len - at), found = 0;
    const char *bytes = find(data, text + at, raw, &found);
    const char *wrong = NULL;
    if (bytes)
      wrong = add_string(out, bytes, found);
    else if (!mk_buf_add(out, text + at, raw))
      wrong = OOM;
    if (!wrong && raw < len - at && !mk_buf_add(out, "\"", 1)) wrong = OOM;
    if (wrong) return wrong;
    at += raw + (raw < len - at);
  }
  return NULL;
}
