/* scan.h - is this text JSON, exactly as RFC 8259 has it?
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_SCAN_H
#define MK_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* Arrays and objects inside one another, at most. */
#define MK_JSON_MAX_DEPTH 1000

struct mk_json_error {
  const char *message; /* a constant: "',' or '}' expected" */
  size_t line;         /* both from 1 */
  size_t column;       /* in characters, not bytes */
};

/* One JSON text and nothing after it but white space.  Refuses, beyond the
** grammar: bytes that are not UTF-8, a surrogate without its other half,
** nesting above MK_JSON_MAX_DEPTH, and a number above the largest double.
** `text` needs no NUL at its end.  On false, `error` says where and why. */
bool mk_json_scan(const char *text, size_t len, struct mk_json_error *error);

#endif
