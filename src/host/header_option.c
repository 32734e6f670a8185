/* header_option.c - finds an option of a script in its header.
** SPDX-License-Identifier: MIT */
#include "host/header_option.h"

#include "base/header.h"
#include "base/tags.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define ARG "arg"

static bool is_blank(const char *p, const char *stop) {
  return p < stop && (*p == ' ' || *p == '\t');
}

/* Moves `*p` to the first word after "@arg".  Returns false for other lines. */
static bool begins_arg(const char **p, const char *stop) {
  size_t len = mk_tags_name(p, stop);
  if (len != strlen(ARG) || memcmp(*p, ARG, len)) return false;
  *p += len;
  while (is_blank(*p, stop)) (*p)++;
  return true;
}

/* Returns true if the text behind the name of an option names a value: "=N", or
** one blank and a word that begins in upper case or ends before two blanks.
** The module mkrun.host.header splits lines in this way. */
static bool has_value(const char *p, const char *stop) {
  if (p < stop && *p == '=') return true;
  if (!is_blank(p, stop) || is_blank(p + 1, stop)) return false;
  const char *word = ++p;
  while (p < stop && !is_blank(p, stop)) p++;
  if (p == word) return false;
  return isupper((unsigned char)*word) || p == stop || is_blank(p + 1, stop);
}

enum mk_header_option mk_header_option_find(const char *source,
                                            size_t source_len, const char *name,
                                            size_t len) {
  struct mk_header h = mk_header_of(source, source_len);
  while (mk_header_next(&h) && h.block == 1) {
    const char *p = h.text, *stop = p + h.len;
    if (!begins_arg(&p, stop)) continue;
    if ((size_t)(stop - p) < len || memcmp(p, name, len)) continue;
    p += len;
    if (p < stop && *p != '=' && !is_blank(p, stop)) continue;
    return has_value(p, stop) ? MK_HEADER_VALUE : MK_HEADER_FLAG;
  }
  return MK_HEADER_NONE;
}
