/* header.h - the lines of the comment at the head of a script.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_HEADER_H
#define MK_BASE_HEADER_H

#include <stdbool.h>
#include <stddef.h>

struct mk_header {
  const char *at, *stop;
  int line;         /* number of the last one */
  int block;        /* 1 for the first comment, whose text is the help */
  const char *text; /* the last line, without its dashes and one blank */
  size_t len;
  bool dense; /* nothing between the dashes and the text */
  bool seen;  /* one line at least */
};

/* Begins before the first line of `source`. */
struct mk_header mk_header_of(const char *source, size_t len);

/* Reads the next line of comment; false when something else comes: code, a
** comment in brackets, or the end.  What stands behind an empty line is of
** another block. */
bool mk_header_next(struct mk_header *h);

#endif
