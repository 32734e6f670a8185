/* format.h - indents JSON for people and sorts its members for tools.
**
** lua/json.c calls it for the options of json.encode.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_FORMAT_H
#define MK_JSON_FORMAT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct mk_json_style {
  size_t indent; /* spaces per level; 0: all on one line */
  bool sort;     /* sort members by name, bytewise */
};

/* Appends `text` in that style.  The text must be valid JSON without white
** space, NUL-terminated and at most MK_JSON_MAX_DEPTH levels deep, as the
** encoder writes it: this function does not check it.  False when memory ends
** or the buffer is full. */
bool mk_json_format(const char *text, const struct mk_json_style *style,
                    struct mk_buf *out);

#endif
