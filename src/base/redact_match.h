/* redact_match.h - finds a secret in a text, however it is written there.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_REDACT_MATCH_H
#define MK_BASE_REDACT_MATCH_H

#include <stdbool.h>
#include <stddef.h>

/* What is looked for: the bytes, or what base64 makes of them when they begin
** 0, 1 or 2 bytes into a group of three. */
enum mk_view { MK_RAW, MK_BASE64_0, MK_BASE64_1, MK_BASE64_2, MK_VIEWS };

/* How the text spells a byte. */
enum mk_form { MK_LITERAL, MK_URL, MK_JSON, MK_FORMS };

enum mk_redact_match { MK_NO, MK_PARTLY, MK_WHOLE };

#define MK_MORE (-1)        /* the text ends inside of a spelling */
#define MK_PLUS ('+' + 256) /* "+" in a URL: itself, or a blank */


/* Reads a text byte by byte. */
struct mk_reader {
  const unsigned char *at, *end;
  enum mk_form form;
  bool escapes;          /* was there a byte that other forms read otherwise? */
  unsigned char wide[4]; /* the rest of a character that was \u-escaped */
  int wide_count;
};

/* The next byte, MK_PLUS, or MK_MORE. */
int mk_reader_next(struct mk_reader *r);

/* How many characters a view of `len` bytes has, and which one is at `i`. */
size_t mk_view_count(enum mk_view view, size_t len);
unsigned char mk_view_at(const unsigned char *bytes, enum mk_view view,
                         size_t i);

/* Does the text that `r` reads begin with this view?  MK_PARTLY when the text
** ends before that is known.  After MK_WHOLE `r->at` is behind it. */
enum mk_redact_match mk_redact_match(struct mk_reader *r,
                                     const unsigned char *bytes, size_t len,
                                     enum mk_view view);

#endif
