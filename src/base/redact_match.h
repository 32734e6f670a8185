/* redact_match.h - compares text with a secret in all its encodings.
**
** redact.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_REDACT_MATCH_H
#define MK_BASE_REDACT_MATCH_H

#include <stdbool.h>
#include <stddef.h>

/* The representation of the secret to look for: its bytes, or its base64.
** Base64 has three forms, because the secret may start at byte 0, 1 or 2 of a
** group of three. */
enum mk_view { MK_RAW, MK_BASE64_0, MK_BASE64_1, MK_BASE64_2, MK_VIEWS };

/* How the text may be encoded: as is, as a URL or as JSON. */
enum mk_form { MK_LITERAL, MK_URL, MK_JSON, MK_FORMS };

enum mk_redact_match { MK_NO, MK_PARTLY, MK_WHOLE };

#define MK_MORE (-1)        /* the text ends inside an escape */
#define MK_PLUS ('+' + 256) /* "+" in a URL: plus or space */


/* Decodes a text byte by byte. */
struct mk_reader {
  const unsigned char *at, *end;
  enum mk_form form;
  bool escapes;          /* seen a byte that MK_URL or MK_JSON decodes */
  unsigned char wide[4]; /* remaining bytes of a \u-escaped character */
  int wide_count;
};

/* Returns the next byte, MK_PLUS or MK_MORE. */
int mk_reader_next(struct mk_reader *r);

/* The character at `i` of a view. */
unsigned char mk_view_at(const unsigned char *bytes, enum mk_view view,
                         size_t i);

/* Compares the text of `r` with this view of the secret.  MK_PARTLY: the text
** ended before a difference was found.  MK_WHOLE: `r->at` is the end of the
** match. */
enum mk_redact_match mk_redact_match(struct mk_reader *r,
                                     const unsigned char *bytes, size_t len,
                                     enum mk_view view);

#endif
