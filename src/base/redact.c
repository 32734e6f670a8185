/* redact.c - stores the secrets of this run and replaces them in texts.
**
** A secret can occur in a text as it is or in base64.  These representations of
** a secret are called views: see redact_match.h.
** SPDX-License-Identifier: MIT */
#include "base/redact.h"

#include "base/redact_match.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Two indexes find the secrets that may start at a position of the text.
** BY_PREFIX finds them by their first PREFIX bytes.  BY_FIRST finds them by
** their first byte, for the end of a text, where fewer bytes follow. */
enum { BY_PREFIX, BY_FIRST, INDEXES };

#define PREFIX 4
#define PREFIX_BITS 12

/* One registered secret. */
struct entry {
  unsigned char *bytes;
  size_t len;
  uint64_t hash;
  /* Number of the next entry in the same bucket of the hash table known.same;
  ** 0 ends the list. */
  uint32_t alike;
  /* Text that replaces the secret: "(secret: LABEL)".  NULL means
  ** "(secret)". */
  char *shown;
  /* For each index and each view (representation) of the secret, the number of
  ** the next view in the same list of the index.  0 ends the list. */
  uint32_t next[INDEXES][MK_VIEWS];
};

/* The registered secrets.  A view is a representation of a secret: see
** redact_match.h.  Each view of each entry has a number: view v of entry i has
** the number i * MK_VIEWS + v + 1.  The lists in `heads` and `next` contain
** these numbers; 0 ends a list. */
static struct {
  struct entry *entries;
  size_t count, room;
  /* starts[c] is true if a view begins with the byte c. */
  bool starts[256];
  /* One bit for each pair of bytes; 1 if a view begins with these two bytes. */
  uint8_t pairs[8192];
  /* For each list of the two indexes, the number of the first view in the
  ** list. */
  uint32_t heads[INDEXES][1 << PREFIX_BITS];
  /* Hash table with `room` buckets.  Each bucket has the number of an entry,
  ** from 1, or 0. */
  uint32_t *same;
  /* See mk_redact_longest and mk_redact_longest_of_lines. */
  size_t longest, longest_of_lines;
} known;

bool mk_redact_active(void) {
  return known.count > 0;
}

/* --- The set of secrets --------------------------------------------------- */

static void set_pair(unsigned a, unsigned b) {
  known.starts[a] = true;
  known.pairs[(a << 8 | b) >> 3] |= (uint8_t)(1u << (b & 7));
}

static bool has_pair(unsigned a, unsigned b) {
  return known.pairs[(a << 8 | b) >> 3] >> (b & 7) & 1;
}

/* Returns the character that base64url uses instead of the base64 character
** `c`.  Returns `c` if there is no difference. */
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

/* Maps a byte to the byte that represents it in the index.  Bytes that
** mk_redact_match treats as equal have the same representative. */
static unsigned char folded(int c) {
  if (c == MK_PLUS || c == '-' || c == ' ') return '+';
  return c == '_' ? '/' : (unsigned char)c;
}

static uint32_t *head_of(int index, const unsigned char *letters) {
  uint32_t key = letters[0];
  if (index == BY_PREFIX) {
    memcpy(&key, letters, PREFIX);
    key = (key * 2654435761u) >> (32 - PREFIX_BITS);
  }
  return &known.heads[index][key];
}

/* Adds all views of the new entry to both indexes. */
static void add_to_indexes(struct entry *e) {
  static_assert(PREFIX == sizeof(uint32_t), "a prefix is hashed as a number");
  uint32_t number = (uint32_t)(known.count * MK_VIEWS) + 1;
  for (enum mk_view v = MK_RAW; v < MK_VIEWS; v++, number++) {
    unsigned char letters[PREFIX];
    for (size_t i = 0; i < PREFIX; i++)
      letters[i] = folded(mk_view_at(e->bytes, v, i));
    for (int index = 0; index < INDEXES; index++) {
      uint32_t *head = head_of(index, letters);
      e->next[index][v] = *head;
      *head = number;
    }
  }
}

static uint64_t hash_of(const char *bytes, size_t len) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < len; i++)
    h = (h ^ (unsigned char)bytes[i]) * 1099511628211u;
  return h;
}

static bool is_known(const char *bytes, size_t len, uint64_t hash) {
  uint32_t number = known.room ? known.same[hash & (known.room - 1)] : 0;
  while (number > 0) {
    const struct entry *e = &known.entries[number - 1];
    if (e->hash == hash && e->len == len && !memcmp(e->bytes, bytes, len))
      return true;
    number = e->alike;
  }
  return false;
}

static void add_to_hash_table(size_t i) {
  struct entry *e = &known.entries[i];
  uint32_t *head = &known.same[e->hash & (known.room - 1)];
  e->alike = *head;
  *head = (uint32_t)i + 1;
}

static bool make_room(void) {
  if (known.count < known.room) return true;
  size_t room = known.room ? 2 * known.room : 8;
  uint32_t *same = calloc(room, sizeof *same);
  struct entry *more = realloc(known.entries, room * sizeof *more);
  if (more) known.entries = more;
  if (!more || !same) {
    free(same);
    return false;
  }
  free(known.same);
  known.same = same;
  known.room = room; /* the number of buckets is a power of two */
  for (size_t i = 0; i < known.count; i++) add_to_hash_table(i);
  return true;
}

/* Returns the text that replaces a secret with this label, to be freed, or NULL
** if out of memory.  Redacts the label.  Replaces characters that would end a
** line or a JSON string with "?". */
static char *shown_as(const char *label) {
  struct mk_buf b;
  size_t used;
  mk_buf_init(&b, SIZE_MAX / 2);
  if (!mk_buf_puts(&b, "(secret: ") ||
      !mk_redact(&b, label, strlen(label), true, &used) ||
      !mk_buf_puts(&b, ")")) {
    mk_buf_free(&b);
    return NULL;
  }
  for (char *p = b.data; *p; p++) {
    unsigned char c = (unsigned char)*p;
    if (c < ' ' || c == 0x7f || c == '"' || c == '\\') *p = '?';
  }
  return b.data;
}

/* Makes room in known.longest for the longest encodings: base64 has four
** characters for three bytes, and "\u0041" has six for one. */
static void note_length(const char *bytes, size_t len) {
  size_t most = (len + 2) / 3 * 4 * 6;
  if (most > known.longest) known.longest = most;
  if (memchr(bytes, '\n', len) && most > known.longest_of_lines)
    known.longest_of_lines = most;
}

bool mk_redact_add(const char *bytes, size_t len, const char *label) {
  uint64_t hash = hash_of(bytes, len);
  if (len < MK_REDACT_MIN || is_known(bytes, len, hash)) return true;
  if (!make_room()) return false;
  struct entry *e = &known.entries[known.count];
  *e = (struct entry){.bytes = malloc(len), .len = len, .hash = hash};
  if (!e->bytes) return false;
  memcpy(e->bytes, bytes, len);
  set_starts(e);
  add_to_indexes(e);
  add_to_hash_table(known.count);
  known.count++;
  note_length(bytes, len);
  e->shown = shown_as(label);
  return e->shown != NULL;
}

void mk_redact_forget(void) {
  for (size_t i = 0; i < known.count; i++) {
    explicit_bzero(known.entries[i].bytes, known.entries[i].len);
    free(known.entries[i].bytes);
    free(known.entries[i].shown);
  }
  free(known.entries);
  free(known.same);
  memset(&known, 0, sizeof known);
}

/* --- Searching a text for secrets ----------------------------------------- */

/* The search for secrets that start at one position of the text. */
struct place {
  /* The position, and the end of the text. */
  const unsigned char *text, *end;
  /* The secret with the longest match at the position, or NULL. */
  const struct entry *found;
  /* Length of the longest match in the text, in bytes. */
  size_t len;
  /* True if a secret may start at the position and continue after the end of
  ** the text. */
  bool partly;
  /* True if a URL or JSON escape may follow the position. */
  bool escapes;
};

static struct mk_reader reader(struct place *p, enum mk_form form) {
  return (struct mk_reader){.at = p->text, .end = p->end, .form = form};
}

/* Returns true if a secret may start at the position, judging by the first two
** bytes only.  This quick check rejects nearly every position. */
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

static void try_view(struct place *p, const struct entry *e, enum mk_view view,
                     enum mk_form form) {
  struct mk_reader r = reader(p, form);
  enum mk_redact_match m = mk_redact_match(&r, e->bytes, e->len, view);
  size_t len = (size_t)(r.at - p->text);
  p->escapes |= r.escapes;
  p->partly |= m == MK_PARTLY;
  if (m != MK_WHOLE || len < p->len) return;
  if (len == p->len && p->found && p->found < e) return;
  p->found = e;
  p->len = len;
}

/* Returns the number of the first view in the list of views that may start at
** the position, or 0.  Sets `*index` to the index that contains the list.  Uses
** only the bytes before a line break, because base64 text can have a line break
** anywhere and the index contains no line breaks. */
static uint32_t candidates(struct place *p, enum mk_form form, int *index) {
  struct mk_reader r = reader(p, form);
  unsigned char letters[PREFIX];
  int count = 0;
  while (count < PREFIX) {
    int c = mk_reader_next(&r);
    if (c == MK_MORE || (count > 0 && (c == '\n' || c == '\r'))) break;
    letters[count++] = folded(c);
  }
  p->escapes |= r.escapes;
  p->partly |= count == 0; /* any secret may start at the end of the text */
  *index = count == PREFIX ? BY_PREFIX : BY_FIRST;
  return count > 0 ? *head_of(*index, letters) : 0;
}

static void search_at(struct place *p) {
  for (enum mk_form form = MK_LITERAL; form < MK_FORMS; form++) {
    int index;
    if (form != MK_LITERAL && !p->escapes) return;
    if (!is_promising(p, form)) continue;
    uint32_t number = candidates(p, form, &index);
    while (number > 0) {
      const struct entry *e = &known.entries[(number - 1) / MK_VIEWS];
      enum mk_view view = (number - 1) % MK_VIEWS;
      try_view(p, e, view, form);
      number = e->next[index][view];
    }
  }
}

static bool may_start(unsigned char c) {
  return known.starts[c] || c == '%' || c == '\\' || c == '+';
}

static bool put(struct mk_buf *out, const void *bytes, size_t len) {
  return !out || mk_buf_add(out, bytes, len);
}

/* Redacts the secrets that start in the first `until` bytes.  If `waits` is
** true, ends at the first place where a secret may start and continue after the
** end of the text. */
static bool redact(struct mk_buf *out, const char *text, size_t len,
                   size_t until, bool waits, size_t *used) {
  const unsigned char *p = (const unsigned char *)text, *end = p + len;
  const unsigned char *copied = p, *stop = p + until;
  bool good = true;
  while (p < stop && good) {
    struct place place = {.text = p, .end = end};
    if (may_start(*p)) search_at(&place);
    if (place.partly && waits) break;
    if (!place.found) {
      p++;
      continue;
    }
    const char *shown = place.found->shown ? place.found->shown : "(secret)";
    good = put(out, copied, (size_t)(p - copied)) &&
           put(out, shown, strlen(shown));
    copied = p += place.len;
  }
  *used = (size_t)(p - (const unsigned char *)text);
  return good && put(out, copied, (size_t)(p - copied));
}

bool mk_redact(struct mk_buf *out, const char *text, size_t len, bool last,
               size_t *used) {
  return redact(out, text, len, len, !last, used);
}

bool mk_redact_until(struct mk_buf *out, const char *text, size_t len,
                     size_t until, size_t *used) {
  return redact(out, text, len, until, false, used);
}

size_t mk_redact_longest(void) {
  return known.longest;
}

size_t mk_redact_longest_of_lines(void) {
  return known.longest_of_lines;
}
