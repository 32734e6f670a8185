/* format.h - the same JSON, for people to read or for tools to compare.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_FORMAT_H
#define MK_JSON_FORMAT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct mk_json_style {
  size_t indent; /* spaces for each level; 0 keeps all in one line */
  bool sort;     /* members in the byte order of their names */
};

/* Appends `text` in that style.  The text must be JSON without white space and
** with a NUL behind it, nested at most MK_JSON_MAX_DEPTH deep, as the encoder
** wrote it: nothing is checked again here.  False when memory ends or the
** buffer is full. */
bool mk_json_format(const char *text, const struct mk_json_style *style,
                    struct mk_buf *out);

#endif
