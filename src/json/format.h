/* format.h - indents JSON text and sorts the members of its objects.
**
** lua/json.c calls it for the options `indent` and `sort` of json.encode.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_FORMAT_H
#define MK_JSON_FORMAT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct mk_json_style {
  /* Number of spaces for each level of nesting.  0 means that the whole text is
  ** on one line. */
  size_t indent;
  /* True if the members of each object are sorted by the bytes of their
  ** names. */
  bool sort;
};

/* Formats `text` and appends the result to `out`.  `text` must be valid JSON
** without white space, NUL-terminated and at most MK_JSON_MAX_DEPTH levels
** deep. mkrun's JSON encoder writes such text, so this function does not check
** the text.  Returns false if out of memory or if the result exceeds the
** buffer's limit. */
bool mk_json_format(const char *text, const struct mk_json_style *style,
                    struct mk_buf *out);

#endif
