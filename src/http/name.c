/* name.c - compares names of certificates by the rules of RFC 5280, 7.1.
** SPDX-License-Identifier: MIT */
#include "http/name.h"

static unsigned char lower(unsigned char c) {
  return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

struct attribute {
  struct mk_der id, value;
  unsigned char tag;
};

static bool next_attribute(struct mk_der *set, struct attribute *a) {
  struct mk_der pair;
  return mk_der_read(set, MK_DER_SEQUENCE, &pair) &&
         mk_der_read(&pair, MK_DER_OID, &a->id) &&
         mk_der_next(&pair, &a->tag, &a->value);
}

/* Adds the bytes to the FNV-1a hash `hash` and returns the new hash.  Ignores
** blanks. */
static uint32_t add(uint32_t hash, struct mk_der bytes) {
  for (; bytes.at < bytes.end; bytes.at++)
    if (*bytes.at != ' ') hash = (hash ^ lower(*bytes.at)) * 16777619u;
  return hash;
}

uint32_t mk_name_hash(struct mk_der name) {
  uint32_t hash = 2166136261u;
  struct mk_der sets, set;
  struct attribute a;
  if (!mk_der_read(&name, MK_DER_SEQUENCE, &sets)) return hash;
  while (mk_der_read(&sets, MK_DER_SET, &set))
    while (next_attribute(&set, &a)) hash = add(add(hash, a.id), a.value);
  return hash;
}

/* Returns the next character in lower case, or -1 at the end.  Several blanks
** count as one, and blanks at the end are ignored. */
static int next_char(struct mk_der *text) {
  if (text->at == text->end) return -1;
  unsigned char c = *text->at++;
  if (c != ' ') return lower(c);
  while (text->at < text->end && *text->at == ' ') text->at++;
  return text->at < text->end ? ' ' : -1;
}

static bool same_text(struct mk_der a, struct mk_der b) {
  int x, y;
  while (a.at < a.end && *a.at == ' ') a.at++;
  while (b.at < b.end && *b.at == ' ') b.at++;
  do {
    x = next_char(&a);
    y = next_char(&b);
  } while (x == y && x >= 0);
  return x == y;
}

static bool is_text(unsigned char tag) {
  return tag == MK_DER_UTF8 || tag == MK_DER_PRINTABLE;
}

static bool same_bytes(struct mk_der a, struct mk_der b) {
  return mk_der_is(&a, b.at, mk_der_left(&b));
}

static bool same_attribute(const struct attribute *a,
                           const struct attribute *b) {
  if (!same_bytes(a->id, b->id)) return false;
  if (is_text(a->tag) && is_text(b->tag)) return same_text(a->value, b->value);
  return a->tag == b->tag && same_bytes(a->value, b->value);
}

static bool same_set(struct mk_der a, struct mk_der b) {
  struct attribute x, y;
  while (next_attribute(&a, &x))
    if (!next_attribute(&b, &y) || !same_attribute(&x, &y)) return false;
  return a.at == a.end && b.at == b.end;
}

bool mk_name_same(struct mk_der a, struct mk_der b) {
  struct mk_der x, y, set, other;
  if (same_bytes(a, b)) return true;
  if (!mk_der_read(&a, MK_DER_SEQUENCE, &x) ||
      !mk_der_read(&b, MK_DER_SEQUENCE, &y) || a.at < a.end || b.at < b.end)
    return false;
  while (mk_der_read(&x, MK_DER_SET, &set))
    if (!mk_der_read(&y, MK_DER_SET, &other) || !same_set(set, other))
      return false;
  return x.at == x.end && y.at == y.end;
}
