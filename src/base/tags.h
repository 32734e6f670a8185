/* tags.h - reads the @tags in the head of a script.
**
** host/script.c decides by them how to run it; lua/header.c shows them.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_TAGS_H
#define MK_BASE_TAGS_H

#include "base/fault.h"

#include "base/header.h"

#include <stdbool.h>
#include <stddef.h>

/* Iterates over the words of the "@tags" lines.  Spaces or commas separate the
** words; a list does not continue on the next line. */
struct mk_tags {
  struct mk_header head;
  const char *at, *stop; /* rest of the current line */
  const char *word;
  size_t len;
};

/* The length of NAME in "@NAME" at `*text`, which is moved behind the "@"; 0
** without one. */
size_t mk_tags_name(const char **text, const char *stop);

struct mk_tags mk_tags_of(const char *source, size_t len);
bool mk_tags_next(struct mk_tags *t);

/* Returns true if the script has the tag `word`. */
bool mk_tags_have(const char *source, size_t len, const char *word);

/* False if the head has an unknown "@name" or an unknown tag; `fault` gets the
** message, with the closest name.  Otherwise a typo in "@tags destructive"
** would silently disable the confirmation. */
bool mk_tags_check(const char *path, const char *source, size_t len,
                   struct mk_fault *fault);

#endif
