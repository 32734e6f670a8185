/* tags.h - reads the "@tags" lines in the comment at the start of a script.
**
** host/script.c reads the tags to decide how to run the script.  lua/header.c
** passes the tags to Lua, for lists and help texts.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_TAGS_H
#define MK_BASE_TAGS_H

#include "base/fault.h"

#include "base/header.h"

#include <stdbool.h>
#include <stddef.h>

/* An iterator over the words of the "@tags" lines.  Spaces or commas separate
** the words.  A list of words ends at the end of the line. */
struct mk_tags {
  struct mk_header head;
  /* The part of the current line that was not read yet. */
  const char *at, *stop;
  /* The word that was read last, without a NUL at its end. */
  const char *word;
  /* Length of `word` in bytes. */
  size_t len;
};

/* If the text at `*text` begins with "@NAME", moves `*text` to NAME and returns
** the length of NAME in bytes.  Otherwise returns 0.  `stop` is the end of the
** text. */
size_t mk_tags_name(const char **text, const char *stop);

/* Returns an iterator that is positioned before the first tag of the script.
** `source` is the text of the script, with `len` bytes. */
struct mk_tags mk_tags_of(const char *source, size_t len);

/* Reads the next tag into t->word and t->len.  Returns false if there are no
** more tags. */
bool mk_tags_next(struct mk_tags *t);

/* Returns true if the script has the tag `word`. */
bool mk_tags_have(const char *source, size_t len, const char *word);

/* Returns true if the first comment of the script has a line "@needs", which
** confines the script. */
bool mk_tags_have_needs(const char *source, size_t len);

/* Returns true if the first comment of the script has a line "@provider". */
bool mk_tags_have_provider(const char *source, size_t len);

/* Returns the number of the first line below the comments at the beginning that
** begins with "@needs", after blanks and dashes: no run reads it.  Returns 0 if
** there is none, or if those comments have such a line. */
int mk_tags_needs_below(const char *source, size_t len);

/* Checks that the comment at the start of the script contains no unknown
** "@name" and no unknown tag, because a misspelled "@tags destructive" would
** disable the question before deletions.  If the check fails, returns false and
** sets a message in `fault` that suggests the most similar name.  `path` is the
** path to show in the message. */
bool mk_tags_check(const char *path, const char *source, size_t len,
                   struct mk_fault *fault);

#endif
