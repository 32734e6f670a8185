/* tags.h - what the head of a script says that it does.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_TAGS_H
#define MK_BASE_TAGS_H

#include "base/fault.h"

#include "base/header.h"

#include <stdbool.h>
#include <stddef.h>

/* Walks over the words of the lines "@tags": they stand on that line, and
** nowhere else, with blanks or commas between them. */
struct mk_tags {
  struct mk_header head;
  const char *at, *stop; /* the rest of the line */
  const char *word;
  size_t len;
};

struct mk_tags mk_tags_of(const char *source, size_t len);
bool mk_tags_next(struct mk_tags *t);

/* Is this word among the tags of a script's source? */
bool mk_tags_have(const char *source, size_t len, const char *word);

/* False when the head has a "@name" or a tag that nobody knows: a slip there
** would cost what the tag is for.  `fault` says which one is near. */
bool mk_tags_check(const char *path, const char *source, size_t len,
                   struct mk_fault *fault);

#endif
