/* scan.c - checks that a text is valid JSON by the grammar of RFC 8259.
**
** The check builds no Lua values.  In strings, eight bytes are checked at once
** as long as all eight are ASCII without a quote, a backslash or a control
** character.
** SPDX-License-Identifier: MIT */
#include "json/scan.h"

#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

#define EACH_BYTE(x) (UINT64_C(0x0101010101010101) * (x))
#define HIGH_BITS EACH_BYTE(0x80)

struct scan {
  const char *p;
  const char *end;
  /* Message of the first error; `p` is then the position of the error. */
  const char *message;
  /* Number of arrays and objects that are open at `p`. */
  size_t depth;
  /* For each open array or object, the character that closes it: ']' or '}'. */
  char closers[MK_JSON_MAX_DEPTH];
};

static bool fail(struct scan *s, const char *at, const char *message) {
  s->p = at;
  s->message = message;
  return false;
}

static uint64_t load8(const char *p) {
  uint64_t word;
  memcpy(&word, p, sizeof word);
  return word;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* ---- strings ---- */

/* Returns the value of the four hex digits at `p`, or -1 if there are fewer
** than four. */
static int hex4(const char *p, const char *end) {
  int value = 0;
  if (end - p < 4) return -1;
  for (int i = 0; i < 4; i++) {
    char c = p[i], lower = (char)(c | 0x20);
    if (is_digit(c))
      value = value * 16 + (c - '0');
    else if (lower >= 'a' && lower <= 'f')
      value = value * 16 + (lower - 'a' + 10);
    else
      return -1;
  }
  return value;
}

static bool scan_unicode_escape(struct scan *s) {
  const char *start = s->p;
  int unit = hex4(s->p + 2, s->end);
  if (unit < 0) return fail(s, start, "four hex digits expected after \\u");
  s->p += 6;
  if (unit < 0xD800 || unit > 0xDFFF) return true;

  if (unit <= 0xDBFF && s->end - s->p >= 6 && s->p[0] == '\\' &&
      s->p[1] == 'u') {
    int low = hex4(s->p + 2, s->end);
    s->p += 6;
    if (low >= 0xDC00 && low <= 0xDFFF) return true;
  }
  return fail(s, start, "half of a surrogate pair");
}

/* True for the characters that may follow a backslash in a string, except for
** "u". */
static const bool short_escapes[256] = {
    ['"'] = true, ['\\'] = true, ['/'] = true, ['b'] = true,
    ['f'] = true, ['n'] = true,  ['r'] = true, ['t'] = true,
};

static bool scan_escape(struct scan *s) {
  if (s->end - s->p < 2) return fail(s, s->end, "unterminated string");
  if (s->p[1] == 'u') return scan_unicode_escape(s);
  if (!short_escapes[(unsigned char)s->p[1]])
    return fail(s, s->p, "unknown escape");
  s->p += 2;
  return true;
}

static bool is_plain(char c) {
  return (unsigned char)(c - 0x20) < 0x60 && c != '"' && c != '\\';
}

/* Skips ASCII characters other than quotes, backslashes and control characters,
** eight bytes at once.  A bit of `stop` is set for each byte that is not
** skipped.  Only the lowest set bit is reliable, because the subtractions may
** borrow from the higher bytes. */
static const char *skip_plain(const char *p, const char *end) {
  while (end - p >= 8) {
    uint64_t word = load8(p);
    uint64_t quote = word ^ EACH_BYTE('"');
    uint64_t slash = word ^ EACH_BYTE('\\');
    uint64_t stop = ((word - EACH_BYTE(0x20)) | (quote - EACH_BYTE(1)) |
                     (slash - EACH_BYTE(1)) | word) &
                    HIGH_BITS;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (stop) return p + __builtin_ctzll(stop) / 8;
#else
    if (stop) break;
#endif
    p += 8;
  }
  while (p < end && is_plain(*p)) p++;
  return p;
}

/* Reads a string, from its opening quote to the character after its closing
** quote. */
static bool scan_string(struct scan *s) {
  s->p++;
  for (;;) {
    s->p = skip_plain(s->p, s->end);
    if (s->p == s->end) return fail(s, s->p, "unterminated string");
    if (*s->p == '"') {
      s->p++;
      return true;
    }
    if (*s->p & 0x80) {
      s->p = mk_utf8_skip_wide(s->p, s->end);
      if (s->p < s->end && *s->p & 0x80) return fail(s, s->p, "invalid UTF-8");
    } else if (*s->p == '\\') {
      if (!scan_escape(s)) return false;
    } else {
      return fail(s, s->p, "control character in a string");
    }
  }
}

/* ---- numbers ---- */

/* Returns true if the number 0.DIGITS * 10^point would be rounded to infinity
** as a double.  `digits` may contain a decimal point, which is ignored.  The
** limit is 2^1024 - 2^970, halfway between the largest double and 2^1024. */
static bool is_too_large(const char *digits, const char *end, int64_t point) {
  static const char limit[] =
      "179769313486231580793728971405303415079934132710037826936173"
      "778980444968292764750946649017977587207096330286416692887910"
      "946555547851940402630657488671505820681908902000708383676273"
      "854845817711531764475730270069855571366959622842914819860834"
      "936475292719074168444365510704342711559699508093042880177904"
      "174497792";
  const char *left = limit;

  for (; digits < end && (*digits == '0' || *digits == '.'); digits++)
    point -= *digits == '0';
  if (digits == end || point < 309) return false;
  if (point > 309) return true;
  for (; digits < end && *left; digits++) {
    if (*digits == '.') continue;
    if (*digits != *left) return *digits > *left;
    left++;
  }
  return !*left;
}

/* Reads an exponent, starting at the "e", and adds the exponent to `*point`. */
static bool scan_exponent(struct scan *s, int64_t *point) {
  int64_t value = 0;
  s->p++;
  bool negative = s->p < s->end && *s->p == '-';
  if (negative || (s->p < s->end && *s->p == '+')) s->p++;
  if (s->p == s->end || !is_digit(*s->p))
    return fail(s, s->p, "digit expected");
  for (; s->p < s->end && is_digit(*s->p); s->p++)
    if (value < INT64_MAX / 100) value = value * 10 + (*s->p - '0');
  *point += negative ? -value : value;
  return true;
}

static bool scan_digits(struct scan *s) {
  if (s->p == s->end || !is_digit(*s->p))
    return fail(s, s->p, "digit expected");
  while (s->p < s->end && is_digit(*s->p)) s->p++;
  return true;
}

static bool scan_number(struct scan *s) {
  const char *start = s->p;
  if (*s->p == '-') s->p++;
  const char *digits = s->p;
  if (!scan_digits(s)) return false;
  if (*digits == '0' && s->p - digits > 1)
    return fail(s, digits, "leading zero");

  int64_t point = s->p - digits;
  if (s->p < s->end && *s->p == '.') {
    s->p++;
    if (!scan_digits(s)) return false;
  }
  const char *end = s->p;
  if (s->p < s->end && (*s->p | 0x20) == 'e' && !scan_exponent(s, &point))
    return false;
  if (point > 308 && is_too_large(digits, end, point))
    return fail(s, start, "number above the range of a double");
  return true;
}

/* ---- structure ---- */

static void skip_space(struct scan *s) {
  const char *p = s->p;
  while (p < s->end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
    p++;
  s->p = p;
}

/* Skips white space.  If the next character is `c`, skips `c` and returns
** true. */
static bool accept(struct scan *s, char c) {
  skip_space(s);
  if (s->p == s->end || *s->p != c) return false;
  s->p++;
  return true;
}

static bool scan_word(struct scan *s, const char *word, ptrdiff_t len) {
  if (s->end - s->p < len || memcmp(s->p, word, (size_t)len) != 0)
    return fail(s, s->p, "value expected");
  s->p += len;
  return true;
}

static bool scan_name(struct scan *s) {
  skip_space(s);
  if (s->p == s->end || *s->p != '"')
    return fail(s, s->p, "member name expected");
  if (!scan_string(s)) return false;
  return accept(s, ':') || fail(s, s->p, "':' expected");
}

/* Reads the start of an array or an object, and of an object also the first
** member's name.  If the array or object is empty, reads it completely and sets
** `*empty` to true. */
static bool scan_open(struct scan *s, char closer, bool *empty) {
  if (s->depth == MK_JSON_MAX_DEPTH)
    return fail(s, s->p, "nested deeper than 1000 levels");
  s->p++;
  *empty = accept(s, closer);
  if (*empty) return true;
  s->closers[s->depth++] = closer;
  return closer == ']' || scan_name(s);
}

/* Reads a value.  If the value is an array or object that is not empty, reads
** only its start and sets `*open` to true. */
static bool scan_value(struct scan *s, bool *open) {
  bool empty = true, good;
  skip_space(s);
  if (s->p == s->end) return fail(s, s->p, "value expected");
  switch (*s->p) {
  case '"': good = scan_string(s); break;
  case '{': good = scan_open(s, '}', &empty); break;
  case '[': good = scan_open(s, ']', &empty); break;
  case 't': good = scan_word(s, "true", 4); break;
  case 'f': good = scan_word(s, "false", 5); break;
  case 'n': good = scan_word(s, "null", 4); break;
  default:
    if (*s->p != '-' && !is_digit(*s->p))
      return fail(s, s->p, "value expected");
    good = scan_number(s);
  }
  *open = !empty;
  return good;
}

/* Reads the text after a value: the ends of all arrays and objects that end
** after the value, and then a comma or the end of the text.  After a comma in
** an object, also reads the next member's name. */
static bool scan_next(struct scan *s) {
  while (s->depth > 0) {
    char closer = s->closers[s->depth - 1];
    if (accept(s, ',')) return closer == ']' || scan_name(s);
    if (s->p == s->end || *s->p != closer)
      return fail(s, s->p,
                  closer == ']' ? "',' or ']' expected"
                                : "',' or '}' expected");
    s->p++;
    s->depth--;
  }
  skip_space(s);
  return s->p == s->end || fail(s, s->p, "end of text expected");
}

static bool scan_text(struct scan *s) {
  do {
    bool open;
    if (!scan_value(s, &open)) return false;
    if (!open && !scan_next(s)) return false;
  } while (s->depth > 0);
  return true;
}

/* Sets the line and column of the position `at`.  Columns count characters, so
** continuation bytes of UTF-8 are not counted. */
static void find_place(const char *text, const char *at,
                       struct mk_json_error *error) {
  error->line = 1;
  error->column = 1;
  for (const char *p = text; p < at; p++) {
    if (*p == '\n') {
      error->line++;
      error->column = 1;
    } else if ((*p & 0xC0) != 0x80) {
      error->column++;
    }
  }
}

bool mk_json_scan(const char *text, size_t len, struct mk_json_error *error) {
  struct scan s;
  s.p = text;
  s.end = text + len;
  s.message = NULL;
  s.depth = 0;
  if (scan_text(&s)) return true;
  error->message = s.message;
  find_place(text, s.p, error);
  return false;
}
