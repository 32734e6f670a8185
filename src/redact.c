/* redact.c - the secrets of this run, and texts without them.
** SPDX-License-Identifier: MIT */
#include "redact.h"

#include "match.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct entry {
  unsigned char *bytes;
  size_t len;
  uint64_t hash;
  char *shown; /* "(secret: LABEL)" */
};

static struct {
  struct entry *entries;
  size_t count, room;
  bool starts[256];    /* may a secret begin with this byte? */
  uint8_t pairs[8192]; /* a bit for the first two */
} known;

bool mk_redact_active(void) {
  return known.count > 0;
}

/* --- The set -------------------------------------------------------------- */

static void set_pair(unsigned a, unsigned b) {
  known.starts[a] = true;
  known.pairs[(a << 8 | b) >> 3] |= (uint8_t)(1u << (b & 7));
}

static bool has_pair(unsigned a, unsigned b) {
  return known.pairs[(a << 8 | b) >> 3] >> (b & 7) & 1;
}

/* The letter that base64 for URLs has instead. */
static unsigned other_letter(unsigned c, enum mk_view view) {
  if (view == MK_RAW) return c;
  return c == '+' ? '-' : c == '/' ? '_' : c;
}

static void set_starts(const struct entry *e) {
  for (enum mk_view v = MK_RAW; v < MK_VIEWS; v++) {
    unsigned a = mk_view_at(e->bytes, v, 0), b = mk_view_at(e->bytes, v, 1);
    unsigned other_a = other_letter(a, v), other_b = other_letter(b, v);
    set_pair(a, b);
    set_pair(a, other_b);
    set_pair(other_a, b);
    set_pair(other_a, other_b);
  }
}

static uint64_t hash_of(const char *bytes, size_t len) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < len; i++)
    h = (h ^ (unsigned char)bytes[i]) * 1099511628211u;
  return h;
}

static bool is_known(const char *bytes, size_t len, uint64_t hash) {
  for (size_t i = 0; i < known.count; i++) {
    const struct entry *e = &known.entries[i];
    if (e->hash == hash && e->len == len && !memcmp(e->bytes, bytes, len))
      return true;
  }
  return false;
}

/* A label must not end the JSON text or the line that it stands in. */
static char *shown_as(const char *label) {
  size_t size = strlen(label) + sizeof "(secret: )";
  char *shown = malloc(size), *p = shown;
  if (!shown) return NULL;
  p = stpcpy(p, "(secret: ");
  for (; *label; label++) {
    unsigned char c = (unsigned char)*label;
    *p++ = c < ' ' || c == 0x7f || c == '"' || c == '\\' ? '?' : *label;
  }
  stpcpy(p, ")");
  return shown;
}

static bool make_room(void) {
  if (known.count < known.room) return true;
  size_t room = known.room ? 2 * known.room : 8;
  struct entry *more = realloc(known.entries, room * sizeof *more);
  if (!more) return false;
  known.entries = more;
  known.room = room;
  return true;
}

bool mk_redact_add(const char *bytes, size_t len, const char *label) {
  uint64_t hash = hash_of(bytes, len);
  if (len < MK_REDACT_MIN || is_known(bytes, len, hash)) return true;
  if (!make_room()) return false;
  struct entry e = {malloc(len), len, hash, shown_as(label)};
  if (!e.bytes || !e.shown) {
    free(e.bytes);
    free(e.shown);
    return false;
  }
  memcpy(e.bytes, bytes, len);
  set_starts(&e);
  known.entries[known.count++] = e;
  return true;
}

void mk_redact_forget(void) {
  for (size_t i = 0; i < known.count; i++) {
    explicit_bzero(known.entries[i].bytes, known.entries[i].len);
    free(known.entries[i].bytes);
    free(known.entries[i].shown);
  }
  free(known.entries);
  memset(&known, 0, sizeof known);
}

/* --- Searching ------------------------------------------------------------ */

struct place {
  const unsigned char *text, *end;
  const struct entry *found; /* the longest one, or NULL */
  size_t len;                /* of what stands for it in the text */
  bool partly;               /* may the text end inside of a secret? */
  bool escapes;
};

static struct mk_reader reader(struct place *p, enum mk_form form) {
  return (struct mk_reader){.at = p->text, .end = p->end, .form = form};
}

/* A look at the first two bytes: nearly every place ends here. */
static bool is_promising(struct place *p, enum mk_form form) {
  struct mk_reader r = reader(p, form);
  int a = mk_reader_next(&r), b = MK_MORE;
  if (a != MK_MORE) b = mk_reader_next(&r);
  p->escapes |= r.escapes;
  if (a == MK_MORE) return true;
  if (a == MK_PLUS) return known.starts['+'] || known.starts[' '];
  if (!known.starts[a]) return false;
  return b < 0 || b > 255 || b == '\n' || b == '\r' ||
         has_pair((unsigned)a, (unsigned)b);
}

static void try_entry(struct place *p, const struct entry *e,
                      enum mk_form form) {
  for (enum mk_view view = MK_RAW; view < MK_VIEWS; view++) {
    struct mk_reader r = reader(p, form);
    enum mk_match m = mk_match(&r, e->bytes, e->len, view);
    size_t len = (size_t)(r.at - p->text);
    p->escapes |= r.escapes;
    p->partly |= m == MK_PARTLY;
    if (m != MK_WHOLE || len <= p->len) continue;
    p->found = e;
    p->len = len;
  }
}

static void look(struct place *p) {
  for (enum mk_form form = MK_LITERAL; form < MK_FORMS; form++) {
    if (form != MK_LITERAL && !p->escapes) return;
    if (!is_promising(p, form)) continue;
    for (size_t i = 0; i < known.count; i++)
      try_entry(p, &known.entries[i], form);
  }
}

static bool may_start(unsigned char c) {
  return known.starts[c] || c == '%' || c == '\\' || c == '+';
}

bool mk_redact(struct mk_buf *out, const char *text, size_t len, bool last,
               size_t *used) {
  const unsigned char *p = (const unsigned char *)text, *end = p + len;
  const unsigned char *copied = p;
  bool good = true;
  while (p < end && good) {
    struct place place = {.text = p, .end = end};
    if (may_start(*p)) look(&place);
    if (place.partly && !last) break;
    if (!place.found) {
      p++;
      continue;
    }
    good = mk_buf_add(out, copied, (size_t)(p - copied)) &&
           mk_buf_puts(out, place.found->shown);
    copied = p += place.len;
  }
  *used = (size_t)(p - (const unsigned char *)text);
  return good && mk_buf_add(out, copied, (size_t)(p - copied));
}
