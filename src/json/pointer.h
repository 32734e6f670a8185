/* pointer.h - the text of a JSON Pointer (RFC 6901), segment by segment.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_POINTER_H
#define MK_JSON_POINTER_H

#include <stdbool.h>
#include <stddef.h>

/* A place in a pointer's text; the text must outlive it. */
struct mk_pointer {
  const char *text;
  size_t len;
  size_t at; /* where the next segment's '/' stands, or `len` */
};

/* One segment as it is written, escapes included: a slice of the text. */
struct mk_segment {
  const char *text;
  size_t len;
};

/* What a segment says to an array. */
enum mk_index {
  MK_INDEX_OK,   /* a position, counted from 0 */
  MK_INDEX_END,  /* "-": behind the last element */
  MK_INDEX_HUGE, /* a position that no array can have */
  MK_INDEX_BAD   /* sign, leading zero, space, letter, or nothing at all */
};

/* NULL when the text is a JSON Pointer, else what is wrong with it. */
const char *mk_pointer_fault(const char *text, size_t len);

/* Begins to read a pointer that has no fault. */
struct mk_pointer mk_pointer_open(const char *text, size_t len);

/* The next segment; false when there is none left. */
bool mk_pointer_next(struct mk_pointer *p, struct mk_segment *s);

/* Is there no segment left? */
bool mk_pointer_done(const struct mk_pointer *p);

/* Does `outer` lead to a place that `inner` is strictly below? */
bool mk_pointer_contains(const char *outer, size_t outer_len, const char *inner,
                         size_t inner_len);

/* Writes the segment without its escapes and returns the length, which never
** is above s.len; `out` must have room for that. */
size_t mk_segment_unescape(struct mk_segment s, char *out);

/* Reads the segment as an array index. */
enum mk_index mk_segment_index(struct mk_segment s, size_t *index);

/* The length that `text` has as a segment, and the segment itself: `out` must
** have room for that length. */
size_t mk_pointer_escaped_len(const char *text, size_t len);
void mk_pointer_escape(const char *text, size_t len, char *out);

#endif
