/* redact_match.c - compares a text with a secret that may be encoded as base64,
** URL or JSON.
** SPDX-License-Identifier: MIT */
#include "base/redact_match.h"

#include <string.h>

/* A line break at the end of a text may be a line break inside base64 text.
** The text counts as a partial match only if at least this many characters
** matched before the line break. */
#define SURE 8

/* A comparison ends at a difference only after FIRST characters, and after each
** BLOCK of them.  So the time that it takes does not tell a script whether one
** more character of a guess is right.  For speed, the index of redact.c looks
** at the FIRST characters alone, too. */
#define FIRST 4
#define BLOCK 32

/* --- Decoding the text ---------------------------------------------------- */

static int hex_value(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* Results of hex_digits.  NO_HEX: a character is not a hex digit.  MORE_HEX:
** the text ends before the last digit. */
enum { NO_HEX = -1, MORE_HEX = -2 };

/* Returns the value of `count` hex digits at `p`, NO_HEX or MORE_HEX. */

static int hex_digits(const unsigned char *p, const unsigned char *end,
                      int count) {
  int value = 0;
  for (int i = 0; i < count; i++) {
    if (p + i == end) return MORE_HEX;
    int digit = hex_value(p[i]);
    if (digit < 0) return NO_HEX;
    value = value * 16 + digit;
  }
  return value;
}

static int take(struct mk_reader *r, size_t len, int value) {
  r->at += len;
  return value;
}

static int percent(struct mk_reader *r) {
  int value = hex_digits(r->at + 1, r->end, 2);
  if (value == MORE_HEX) return MK_MORE;
  return value == NO_HEX ? take(r, 1, '%') : take(r, 3, value);
}

/* Encodes the character `code` in UTF-8.  Returns the first byte and stores the
** other bytes in r->wide.  `len` is the length of the escape in the text. */
static int wide(struct mk_reader *r, size_t len, unsigned code) {
  unsigned char *out = r->wide;
  unsigned shift = code < 0x800 ? 6 : code < 0x10000 ? 12 : 18;
  unsigned lead = shift == 6 ? 0xc0 : shift == 12 ? 0xe0 : 0xf0;
  if (code < 0x80) return take(r, len, (int)code);
  r->wide_count = (int)(shift / 6);
  int first = (int)(lead | code >> shift);
  for (int i = 0; i < r->wide_count; i++) { /* last byte first */
    out[i] = (unsigned char)(0x80 | (code & 0x3f));
    code >>= 6;
  }
  return take(r, len, first);
}

/* Decodes an escape such as "\u20ac", or two such escapes that form a surrogate
** pair. */
static int unicode(struct mk_reader *r) {
  const unsigned char *p = r->at;
  int high = hex_digits(p + 2, r->end, 4), low;
  if (high == MORE_HEX) return MK_MORE;
  if (high == NO_HEX) return take(r, 1, '\\');
  if (high < 0xd800 || high > 0xdbff) return wide(r, 6, (unsigned)high);
  if (p + 7 >= r->end) return MK_MORE;
  low = p[6] == '\\' && p[7] == 'u' ? hex_digits(p + 8, r->end, 4) : NO_HEX;
  if (low == MORE_HEX) return MK_MORE;
  if (low < 0xdc00 || low > 0xdfff) return take(r, 1, '\\');
  unsigned code = (unsigned)(high - 0xd800) << 10 | (unsigned)(low - 0xdc00);
  return wide(r, 12, code + 0x10000);
}

static int backslash(struct mk_reader *r) {
  static const char letters[] = "bfnrt\"\\/", bytes[] = "\b\f\n\r\t\"\\/";
  if (r->at + 1 == r->end) return MK_MORE;
  if (r->at[1] == 'u') return unicode(r);
  const char *letter = r->at[1] ? strchr(letters, r->at[1]) : NULL;
  return letter ? take(r, 2, bytes[letter - letters]) : take(r, 1, '\\');
}

int mk_reader_next(struct mk_reader *r) {
  if (r->wide_count > 0) return r->wide[--r->wide_count];
  if (r->at == r->end) return MK_MORE;
  unsigned char c = *r->at;
  if (c == '%' || c == '+' || c == '\\') r->escapes = true;
  if (r->form == MK_URL && c == '%') return percent(r);
  if (r->form == MK_URL && c == '+') return take(r, 1, MK_PLUS);
  if (r->form == MK_JSON && c == '\\') return backslash(r);
  return take(r, 1, c);
}

/* --- Views of a secret ---------------------------------------------------- */

/* Returns the index of the secret's bit at which the view begins.  Each base64
** character encodes six bits.  If the secret starts inside a group of three
** bytes, one base64 character encodes bits of the secret and bits of the bytes
** before the secret.  The view begins after this character. */
static size_t first_bit(enum mk_view view) {
  return view == MK_BASE64_1 ? 4 : view == MK_BASE64_2 ? 2 : 0;
}

/* Returns the number of characters in a view of a secret of `len` bytes. */
static size_t view_count(enum mk_view view, size_t len) {
  return view == MK_RAW ? len : (8 * len - first_bit(view)) / 6;
}

unsigned char mk_view_at(const unsigned char *bytes, enum mk_view view,
                         size_t i) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
  if (view == MK_RAW) return bytes[i];
  size_t bit = first_bit(view) + 6 * i, byte = bit / 8, shift = bit % 8;
  unsigned pair = (unsigned)bytes[byte] << 8;
  if (shift > 2) pair |= bytes[byte + 1];
  return (unsigned char)alphabet[pair >> (10 - shift) & 0x3f];
}

/* Returns true if the character `got` of the text matches the character `want`
** of the view.  In base64url, "-" and "_" replace "+" and "/". */
static bool is_same(unsigned char want, int got, enum mk_view view) {
  if (got == MK_PLUS) return want == '+' || (view == MK_RAW && want == ' ');
  if (want == got) return true;
  if (view == MK_RAW) return false;
  return (want == '+' && got == '-') || (want == '/' && got == '_');
}

static bool is_line_end(int c) {
  return c == '\n' || c == '\r';
}

static bool is_base64(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || c == '+' || c == '/' || c == '-' || c == '_';
}

/* Skips the last base64 character if this character encodes bits of the secret
** and also bits of the bytes after the secret. */
static void skip_rest(struct mk_reader *r, size_t len, enum mk_view view) {
  if (view == MK_RAW || (8 * len - first_bit(view)) % 6 == 0) return;
  if (r->at < r->end && is_base64(*r->at)) r->at++;
}

enum mk_redact_match mk_redact_match(struct mk_reader *r,
                                     const unsigned char *bytes, size_t len,
                                     enum mk_view view) {
  size_t count = view_count(view, len);
  bool same = true;
  for (size_t i = 0; i < count; i++) {
    int got = mk_reader_next(r);
    while (view != MK_RAW && i > 0 && is_line_end(got)) {
      got = mk_reader_next(r);
      if (got == MK_MORE && i < SURE) return MK_NO;
    }
    if (got == MK_MORE) return same ? MK_PARTLY : MK_NO;
    same &= is_same(mk_view_at(bytes, view, i), got, view);
    if (!same && (i + 1 == FIRST || (i + 1) % BLOCK == 0)) return MK_NO;
  }
  if (!same) return MK_NO;
  skip_rest(r, len, view);
  return MK_WHOLE;
}
