/* format.c - indents JSON text and sorts the members of its objects.
** SPDX-License-Identifier: MIT */
#include "json/format.h"

#include <stdlib.h>
#include <string.h>

/* A member of an object that was already written to the output, as
** `"name": value`. */
struct member {
  /* Offset of the member in the output. */
  size_t start;
  /* Length of the member in the output, in bytes. */
  size_t len;
  /* Pointer to the member's name, after the opening quote.  Set only during the
  ** sort. */
  const char *name;
};

struct format {
  /* The part of the input that was not read yet. */
  const char *p;
  const struct mk_json_style *style;
  struct mk_buf *out;
  /* A copy of the members of one object, used during the sort. */
  struct mk_buf sorted;
  /* The members of all objects that are not complete yet, outermost object
  ** first. */
  struct member *members;
  size_t count;
  size_t cap;
  /* Current level of nesting. */
  size_t level;
};

static bool format_value(struct format *f);

static bool put(struct format *f, const char *bytes, size_t len) {
  return mk_buf_add(f->out, bytes, len);
}

static bool put_line(struct format *f) {
  static const char spaces[] = "                ";
  size_t left = f->level * f->style->indent;
  if (!f->style->indent) return true;
  if (!put(f, "\n", 1)) return false;
  while (left > 0) {
    size_t n = left < sizeof spaces - 1 ? left : sizeof spaces - 1;
    if (!put(f, spaces, n)) return false;
    left -= n;
  }
  return true;
}

static bool put_string(struct format *f) {
  const char *start = f->p++;
  while (*f->p != '"') f->p += *f->p == '\\' ? 2 : 1;
  f->p++;
  return put(f, start, (size_t)(f->p - start));
}

static bool put_scalar(struct format *f) {
  size_t len = strcspn(f->p, ",]}");
  const char *start = f->p;
  f->p += len;
  return put(f, start, len);
}

static bool format_array(struct format *f) {
  while (*f->p != ']') {
    if (*f->p == ',') f->p++;
    if (!put_line(f) || !format_value(f)) return false;
    if (*f->p == ',' && !put(f, ",", 1)) return false;
  }
  return true;
}

/* ---- sorting ---- */

static bool remember(struct format *f, size_t start) {
  if (f->count == f->cap) {
    size_t cap = f->cap ? f->cap * 2 : 64;
    struct member *more = realloc(f->members, cap * sizeof *more);
    if (!more) return false;
    f->members = more;
    f->cap = cap;
  }
  struct member *m = &f->members[f->count++];
  m->start = start;
  m->len = f->out->len - start;
  return true;
}

static int hex_value(char c) {
  return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Returns the next decoded byte of a member's name, or -1 at the end of the
** name.  Decodes only the last two digits of a \u escape, because the encoder
** writes such escapes for ASCII characters only. */
static int next_byte(const char **name) {
  static const char letters[] = "b\bf\fn\nr\rt\t";
  const char *p = *name;
  if (*p == '"') return -1;
  *name = p + 1;
  if (*p != '\\') return (unsigned char)*p;
  *name = p + 2;
  if (p[1] == 'u') {
    *name = p + 6;
    return hex_value(p[4]) * 16 + hex_value(p[5]);
  }
  for (const char *l = letters; *l; l += 2)
    if (*l == p[1]) return l[1];
  return p[1];
}

static int compare_members(const void *a, const void *b) {
  const struct member *left = a, *right = b;
  const char *left_name = left->name, *right_name = right->name;
  int l, r;
  do {
    l = next_byte(&left_name);
    r = next_byte(&right_name);
  } while (l == r && l >= 0);
  if (l != r) return l < r ? -1 : 1;
  return (left->start > right->start) - (left->start < right->start);
}

/* Sorts the members of one object: the members from index `first` on.  These
** members are the last part of the output.  All separators between the members
** have the same length, because all members have the same level of nesting. */
static bool sort_members(struct format *f, size_t first) {
  size_t n = f->count - first;
  if (n < 2) return true;

  struct member *m = f->members + first;
  size_t from = m[0].start;
  size_t gap = m[1].start - m[0].start - m[0].len;
  mk_buf_clear(&f->sorted);
  if (!mk_buf_add(&f->sorted, f->out->data + from, f->out->len - from))
    return false;
  for (size_t i = 0; i < n; i++)
    m[i].name = f->sorted.data + (m[i].start - from) + 1;
  char *to = f->out->data + from;
  const char *separator = f->sorted.data + m[0].len;
  qsort(m, n, sizeof *m, compare_members);
  for (size_t i = 0; i < n; i++) {
    if (i > 0) {
      memcpy(to, separator, gap);
      to += gap;
    }
    memcpy(to, m[i].name - 1, m[i].len);
    to += m[i].len;
  }
  return true;
}

static bool format_member(struct format *f) {
  size_t start = f->out->len;
  if (!put_string(f)) return false;
  f->p++;
  if (!put(f, ": ", f->style->indent ? 2 : 1)) return false;
  if (!format_value(f)) return false;
  return !f->style->sort || remember(f, start);
}

static bool format_object(struct format *f) {
  size_t first = f->count;
  while (*f->p != '}') {
    if (*f->p == ',') f->p++;
    if (!put_line(f) || !format_member(f)) return false;
    if (*f->p == ',' && !put(f, ",", 1)) return false;
  }
  if (!sort_members(f, first)) return false;
  f->count = first;
  return true;
}

/* ---- formatting ---- */

static bool format_container(struct format *f, char closer) {
  bool empty = f->p[1] == closer;
  if (!put(f, f->p++, 1)) return false;
  if (!empty) {
    f->level++;
    if (!(closer == ']' ? format_array(f) : format_object(f))) return false;
    f->level--;
    if (!put_line(f)) return false;
  }
  return put(f, f->p++, 1);
}

static bool format_value(struct format *f) {
  switch (*f->p) {
  case '{': return format_container(f, '}');
  case '[': return format_container(f, ']');
  case '"': return put_string(f);
  default: return put_scalar(f);
  }
}

bool mk_json_format(const char *text, const struct mk_json_style *style,
                    struct mk_buf *out) {
  struct format f = {.p = text, .style = style, .out = out};
  mk_buf_init(&f.sorted, out->max);
  f.sorted.alloc = out->alloc;
  f.sorted.alloc_data = out->alloc_data;
  bool good = format_value(&f);
  mk_buf_free(&f.sorted);
  free(f.members);
  return good;
}
