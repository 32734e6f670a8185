/* header.h - reads the comment lines at the start of a script.
**
** tags.c calls it to find the tags of a script, and lua/header.c to find the
** help text.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_HEADER_H
#define MK_BASE_HEADER_H

#include <stdbool.h>
#include <stddef.h>

/* The position of a reader in the source of a script, and the comment line that
** was read last. */
struct mk_header {
  const char *at, *stop;
  /* Number of the line that was read last; the first line is 1. */
  int line;
  /* Number of the comment block that was read last.  Block 1 contains the
  ** script's help text. */
  int block;
  /* Text of the line that was read last, without its dashes and without the
  ** space after the dashes. */
  const char *text;
  /* Length of `text` in bytes. */
  size_t len;
  /* True if there was no space between the dashes and the text. */
  bool dense;
  /* True after the first comment line was read. */
  bool seen;
};

/* Returns a reader that is positioned before the first comment line of
** `source`.  Skips a byte order mark, and a first line that begins with "#". */
struct mk_header mk_header_of(const char *source, size_t len);

/* Reads the next comment line.  An empty line starts a new block.  Returns
** false if the next line is code or a long comment (`--[[`), or at the end of
** the source. */
bool mk_header_next(struct mk_header *h);

#endif
