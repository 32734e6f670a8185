/* pointer.h - parses and escapes JSON Pointers (RFC 6901).
**
** lua/value.c and the lua/patch files call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_POINTER_H
#define MK_JSON_POINTER_H

#include <stdbool.h>
#include <stddef.h>

/* A JSON Pointer and the position of a reader in the pointer's text.  The text
** must stay valid as long as this struct is used. */
struct mk_pointer {
  const char *text;
  size_t len;
  /* Offset of the '/' before the next segment; equal to `len` at the end of the
  ** pointer. */
  size_t at;
};

/* One segment of a JSON Pointer, still escaped.  `text` points into the text of
** the pointer. */
struct mk_segment {
  const char *text;
  size_t len;
};

/* Result of reading a segment as an array index. */
enum mk_index {
  /* The segment is a valid array index; the first element has index 0. */
  MK_INDEX_OK,
  /* The segment is "-", which means the position after the last element. */
  MK_INDEX_END,
  /* The segment is an array index that is larger than SIZE_MAX. */
  MK_INDEX_HUGE,
  /* The segment is not an array index, or has a leading zero. */
  MK_INDEX_BAD
};

/* Checks a JSON Pointer.  Returns NULL if the text is valid, otherwise an error
** message. */
const char *mk_pointer_fault(const char *text, size_t len);

/* Starts reading a JSON Pointer.  The text must be a valid pointer: see
** mk_pointer_fault. */
struct mk_pointer mk_pointer_open(const char *text, size_t len);

/* Reads the next segment into `*s`.  Returns false if the pointer has no more
** segments. */
bool mk_pointer_next(struct mk_pointer *p, struct mk_segment *s);

/* Returns true if all segments of the pointer were read. */
bool mk_pointer_done(const struct mk_pointer *p);

/* Returns true if the pointer `inner` refers to a value inside the value that
** the pointer `outer` refers to.  Returns false if the two pointers are
** equal. */
bool mk_pointer_contains(const char *outer, size_t outer_len, const char *inner,
                         size_t inner_len);

/* Writes the unescaped segment to `out`, which must have room for s.len bytes.
** Returns the length of the unescaped segment in bytes. */
size_t mk_segment_unescape(struct mk_segment s, char *out);

/* Reads the segment as an array index.  Sets `*index` if the result is
** MK_INDEX_OK. */
enum mk_index mk_segment_index(struct mk_segment s, size_t *index);

/* mk_pointer_escape writes `text` to `out` as an escaped segment, without the
** leading '/'.  mk_pointer_escaped_len returns the length of the escaped
** segment in bytes. */
size_t mk_pointer_escaped_len(const char *text, size_t len);
void mk_pointer_escape(const char *text, size_t len, char *out);

#endif
