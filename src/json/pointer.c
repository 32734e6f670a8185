/* pointer.c - parses and escapes JSON Pointers (RFC 6901).
** SPDX-License-Identifier: MIT */
#include "json/pointer.h"

#include <stdint.h>
#include <string.h>

const char *mk_pointer_fault(const char *text, size_t len) {
  if (len > 0 && text[0] != '/') return "pointer without a '/' at its start";
  for (size_t i = 0; i < len; i++) {
    if (text[i] != '~') continue;
    if (i + 1 == len || (text[i + 1] != '0' && text[i + 1] != '1'))
      return "pointer with a '~' that is neither '~0' nor '~1'";
  }
  return NULL;
}

struct mk_pointer mk_pointer_open(const char *text, size_t len) {
  struct mk_pointer p = {text, len, 0};
  return p;
}

bool mk_pointer_next(struct mk_pointer *p, struct mk_segment *s) {
  if (mk_pointer_done(p)) return false;
  const char *start = p->text + p->at + 1;
  size_t left = p->len - p->at - 1;
  const char *slash = memchr(start, '/', left);
  s->text = start;
  s->len = slash ? (size_t)(slash - start) : left;
  p->at += 1 + s->len;
  return true;
}

bool mk_pointer_done(const struct mk_pointer *p) {
  return p->at >= p->len;
}

/* Compares the texts of the pointers.  This is correct, because there is
** exactly one way to write the pointer to a value. */
bool mk_pointer_contains(const char *outer, size_t outer_len, const char *inner,
                         size_t inner_len) {
  return inner_len > outer_len && inner[outer_len] == '/' &&
         memcmp(outer, inner, outer_len) == 0;
}

size_t mk_segment_unescape(struct mk_segment s, char *out) {
  size_t n = 0;
  for (size_t i = 0; i < s.len; i++) {
    char c = s.text[i];
    if (c == '~' && i + 1 < s.len) c = s.text[++i] == '1' ? '/' : '~';
    out[n++] = c;
  }
  return n;
}

enum mk_index mk_segment_index(struct mk_segment s, size_t *index) {
  size_t n = 0;
  bool huge = false;
  if (s.len == 1 && s.text[0] == '-') return MK_INDEX_END;
  if (s.len == 0 || (s.len > 1 && s.text[0] == '0')) return MK_INDEX_BAD;
  for (size_t i = 0; i < s.len; i++) {
    if (s.text[i] < '0' || s.text[i] > '9') return MK_INDEX_BAD;
    size_t digit = (size_t)(s.text[i] - '0');
    huge = huge || n > (SIZE_MAX - digit) / 10;
    if (!huge) n = n * 10 + digit;
  }
  if (huge) return MK_INDEX_HUGE;
  *index = n;
  return MK_INDEX_OK;
}

size_t mk_pointer_escaped_len(const char *text, size_t len) {
  size_t n = len;
  for (size_t i = 0; i < len; i++) n += text[i] == '~' || text[i] == '/';
  return n;
}

void mk_pointer_escape(const char *text, size_t len, char *out) {
  for (size_t i = 0; i < len; i++) {
    bool special = text[i] == '~' || text[i] == '/';
    if (special) *out++ = '~';
    *out++ = !special ? text[i] : text[i] == '~' ? '0' : '1';
  }
}
