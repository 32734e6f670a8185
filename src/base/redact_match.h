/* redact_match.h - compares a text with a secret that may be encoded as base64,
** URL or JSON.
**
** redact.c calls it.  host/main.c calls mk_reader_next to decode a URL.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_REDACT_MATCH_H
#define MK_BASE_REDACT_MATCH_H

#include <stdbool.h>
#include <stddef.h>

/* The representations ("views") of a secret that redaction looks for: the bytes
** of the secret, or their base64 text.  Base64 encodes groups of three bytes.
** The secret can start at byte 0, 1 or 2 of a group, so there are three base64
** texts. */
enum mk_view { MK_RAW, MK_BASE64_0, MK_BASE64_1, MK_BASE64_2, MK_VIEWS };

/* The encoding of the text that is searched: no encoding, percent-encoding as
** in URLs, or backslash escapes as in JSON strings. */
enum mk_form { MK_LITERAL, MK_URL, MK_JSON, MK_FORMS };

/* The result of comparing a text with a view of a secret: no match, a match up
** to the end of the text, or a complete match. */
enum mk_redact_match { MK_NO, MK_PARTLY, MK_WHOLE };

/* Result of mk_reader_next at the end of the text, and if the text ends inside
** an escape. */
#define MK_MORE (-1)

/* Result of mk_reader_next for "+" in a URL, which can mean a plus sign or a
** space. */
#define MK_PLUS ('+' + 256)

/* A reader that decodes a text byte by byte. */
struct mk_reader {
  const unsigned char *at, *end;
  enum mk_form form;
  /* True after the reader has seen a byte that has a special meaning in a URL
  ** or in JSON. */
  bool escapes;
  /* Bytes of a decoded \u escape that were not returned yet, in reverse
  ** order. */
  unsigned char wide[4];
  /* Number of bytes in `wide`. */
  int wide_count;
};

/* Returns the next decoded byte, MK_PLUS or MK_MORE. */
int mk_reader_next(struct mk_reader *r);

/* Returns the character at index `i` of a view of the secret `bytes`. */
unsigned char mk_view_at(const unsigned char *bytes, enum mk_view view,
                         size_t i);

/* Compares the text of the reader `r` with a view of the secret, `len` bytes at
** `bytes`.  Returns MK_PARTLY if the text ended before a difference was found.
** Returns MK_WHOLE if the text begins with the view; then `r->at` is the end of
** the match.  Otherwise returns MK_NO. */
enum mk_redact_match mk_redact_match(struct mk_reader *r,
                                     const unsigned char *bytes, size_t len,
                                     enum mk_view view);

#endif
