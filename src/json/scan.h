/* scan.h - checks that a text is valid JSON by the grammar of RFC 8259.
**
** lua/json.c calls mk_json_scan before it decodes the text.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_SCAN_H
#define MK_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* Maximum number of nested arrays and objects. */
#define MK_JSON_MAX_DEPTH 1000

struct mk_json_error {
  /* The error message, such as "',' or '}' expected".  A constant string that
  ** must not be freed. */
  const char *message;
  /* Line number of the error; the first line is 1. */
  size_t line;
  /* Column number of the error, in characters; the first column is 1. */
  size_t column;
};

/* Checks that `text` is one JSON value, with optional white space before and
** after the value.  Also rejects some texts that the grammar allows: invalid
** UTF-8, unpaired surrogates, nesting deeper than MK_JSON_MAX_DEPTH, and
** numbers too large for a double.  `text` has `len` bytes and needs no
** NUL.  If the check fails, returns false and sets `*error`. */
bool mk_json_scan(const char *text, size_t len, struct mk_json_error *error);

#endif
