/* fill.h - replaces strings of a JSON text.
**
** lua/http_options.c puts secrets into the body of a request with it.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_FILL_H
#define MK_JSON_FILL_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Finds what replaces a string of the text.  `raw` is the string as it is in
** the text, without its quotes.  Returns NULL if the string stays as it is.
** Otherwise stores the length of the result in `*found`. */
typedef const char *mk_json_find(void *data, const char *raw, size_t len,
                                 size_t *found);

/* The reason "not enough memory". */
extern const char mk_json_fill_no_memory[];

/* Appends the JSON text to `out`, with the strings that `find` knows replaced.
** Returns NULL, or the reason why that failed: the replacement is not valid
** UTF-8, or mk_json_fill_no_memory. */
const char *mk_json_fill(const char *text, size_t len, mk_json_find *find,
                         void *data, struct mk_buf *out);

#endif
