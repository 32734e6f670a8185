/* tags.c - what the head of a script says that it does.
** SPDX-License-Identifier: MIT */
#include "tags.h"

#include <string.h>

#define TAG "@tags"

/* Where the text of a line of comment begins; NULL when it is none. */
static const char *comment_text(const char *line, const char *end) {
  if (end - line < 2 || line[0] != '-' || line[1] != '-') return NULL;
  line += 2;
  if (line < end && *line == '-') line++;
  if (line < end && *line == ' ') line++;
  return line;
}

static bool begins(const char *text, const char *end, const char *word) {
  size_t len = strlen(word);
  return (size_t)(end - text) >= len && !memcmp(text, word, len);
}

/* Reads the comment at the head as lua/mkrun/header.lua does. */
bool mk_tags_have(const struct mk_script *s, const char *word) {
  if (!s->source) return false;
  const char *line = s->source, *stop = line + s->len;
  bool inside = false;
  if (begins(line, stop, "\xef\xbb\xbf")) line += 3;
  for (bool first = true; line < stop; first = false) {
    const char *end = memchr(line, '\n', (size_t)(stop - line));
    if (!end) end = stop;
    const char *text = comment_text(line, end);
    if (!text && !(first && begins(line, end, "#!"))) return false;
    if (text && text < end && *text == '@') inside = begins(text, end, TAG);
    if (text && inside &&
        memmem(text, (size_t)(end - text), word, strlen(word)))
      return true;
    line = end + 1;
  }
  return false;
}
