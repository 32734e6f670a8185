/* scan.h - checks that a text is JSON, strictly by RFC 8259.
**
** lua/json.c calls it before it decodes.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_SCAN_H
#define MK_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* Limit for the nesting of arrays and objects. */
#define MK_JSON_MAX_DEPTH 1000

struct mk_json_error {
  const char *message; /* static: "',' or '}' expected" */
  size_t line;         /* from 1, like `column` */
  size_t column;       /* in characters, not bytes */
};

/* Checks for exactly one JSON text, with optional white space around it.
** Beyond the grammar it rejects invalid UTF-8, unpaired surrogates, nesting
** deeper than MK_JSON_MAX_DEPTH, and numbers above the range of a double.
** `text` needs no NUL at the end.  On false, `error` has the place and the
** reason. */
bool mk_json_scan(const char *text, size_t len, struct mk_json_error *error);

#endif
