/* header.h - reads the comment lines at the head of a script.
**
** tags.c finds the tags with it, and lua/header.c the help.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_HEADER_H
#define MK_BASE_HEADER_H

#include <stdbool.h>
#include <stddef.h>

struct mk_header {
  const char *at, *stop;
  int line;         /* number of the last line read, from 1 */
  int block;        /* 1 for the first comment block, which is the help */
  const char *text; /* last line read, without dashes and one space */
  size_t len;
  bool dense; /* no space between dashes and text */
  bool seen;  /* true once a line was read */
};

/* Starts before the first line of `source`. */
struct mk_header mk_header_of(const char *source, size_t len);

/* Reads the next comment line.  False at code, a long comment (`--[[`) or the
** end.  An empty line starts a new block. */
bool mk_header_next(struct mk_header *h);

#endif
