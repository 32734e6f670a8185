/* redact.h - stores the secrets of this run and removes them from text.
**
** There is one set of secrets per process, because the process has one standard
** output.  output.c redacts all output with it, and error messages use it too.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_REDACT_H
#define MK_BASE_REDACT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Shorter secrets would match parts of ordinary words. */
#define MK_REDACT_MIN 8

/* Registers a secret: from now on it is shown as "(secret: LABEL)".  The bytes
** are copied and never forgotten, because strings may still contain them.
** False when memory ends. */
bool mk_redact_add(const char *bytes, size_t len, const char *label);

/* Returns true if any secret is registered. */
bool mk_redact_active(void);

/* Appends the redacted text to `out`, which may be NULL.  Unless `last` is
** true, stops before bytes at the end that may be the start of a secret.
** `*used` gets the number of bytes processed.  False when memory ends. */
bool mk_redact(struct mk_buf *out, const char *text, size_t len, bool last,
               size_t *used);

/* Returns the number of bytes to show when a text is cut at `max` bytes.  It
** may be less than `max`, so that a secret is not cut: redaction would not
** recognize the first half. */
size_t mk_redact_cut(const char *text, size_t len, size_t max);

/* Like snprintf, but cuts with mk_redact_cut. */
__attribute__((format(printf, 3, 4))) void
mk_redact_print(char *text, size_t size, const char *format, ...);

/* Overwrites all secrets with zeros and frees them. */
void mk_redact_forget(void);

#endif
