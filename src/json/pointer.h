/* pointer.h - parses and escapes JSON Pointers (RFC 6901).
**
** lua/value.c and the lua/patch files call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_POINTER_H
#define MK_JSON_POINTER_H

#include <stdbool.h>
#include <stddef.h>

/* A position in the text of a pointer.  The text must outlive it. */
struct mk_pointer {
  const char *text;
  size_t len;
  size_t at; /* offset of the next segment's '/', or `len` */
};

/* One segment as written, with escapes.  It points into the text. */
struct mk_segment {
  const char *text;
  size_t len;
};

/* Result of reading a segment as an array index. */
enum mk_index {
  MK_INDEX_OK,   /* an index, from 0 */
  MK_INDEX_END,  /* "-": after the last element */
  MK_INDEX_HUGE, /* an index above SIZE_MAX */
  MK_INDEX_BAD   /* not an index, or with a leading zero */
};

/* Returns NULL if the text is a valid JSON Pointer, else an error message. */
const char *mk_pointer_fault(const char *text, size_t len);

/* Starts reading a pointer.  It must be valid (see mk_pointer_fault). */
struct mk_pointer mk_pointer_open(const char *text, size_t len);

/* Reads the next segment.  False when there is none left. */
bool mk_pointer_next(struct mk_pointer *p, struct mk_segment *s);

/* Returns true if no segment is left. */
bool mk_pointer_done(const struct mk_pointer *p);

/* Returns true if `inner` points to a place inside the value at `outer`. */
bool mk_pointer_contains(const char *outer, size_t outer_len, const char *inner,
                         size_t inner_len);

/* Unescapes the segment into `out` and returns the length.  `out` must have
** room for s.len bytes. */
size_t mk_segment_unescape(struct mk_segment s, char *out);

/* Reads the segment as an array index. */
enum mk_index mk_segment_index(struct mk_segment s, size_t *index);

/* mk_pointer_escaped_len returns the length of `text` as an escaped segment.
** mk_pointer_escape writes that many bytes to `out`. */
size_t mk_pointer_escaped_len(const char *text, size_t len);
void mk_pointer_escape(const char *text, size_t len, char *out);

#endif
