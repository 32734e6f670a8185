/* redact.h - stores the secrets of this run and replaces them in texts.
**
** There is one set of secrets for the whole process, because the process has
** one standard output.  output.c redacts all output.  Code that builds or
** shortens error messages redacts them too.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_REDACT_H
#define MK_BASE_REDACT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Length in bytes of the shortest secret that is redacted.  Shorter secrets
** could be parts of ordinary words. */
#define MK_REDACT_MIN 8

/* Registers a secret.  From now on, redaction replaces the secret with
** "(secret: LABEL)".  Copies the bytes and keeps them until mk_redact_forget,
** because any string of the run may contain the secret.  Returns false if out
** of memory. */
bool mk_redact_add(const char *bytes, size_t len, const char *label);

/* Returns true if any secret is registered. */
bool mk_redact_active(void);

/* Redacts the text and appends the result to `out`, unless `out` is NULL.  If
** `last` is false, more text may follow; then the function does not process
** bytes at the end that may be the start of a secret.  Sets `*used` to the
** number of bytes of `text` that were processed.  Returns false if out of
** memory. */
bool mk_redact(struct mk_buf *out, const char *text, size_t len, bool last,
               size_t *used);

/* Returns the length to which a text of `len` bytes must be shortened so that
** at most `max` bytes are shown.  If a secret may cross the limit, returns the
** position where the secret begins, because redaction would not recognize a
** part of the secret. */
size_t mk_redact_cut(const char *text, size_t len, size_t max);

/* Like snprintf, but if the text is too long, mk_redact_cut shortens it. */
__attribute__((format(printf, 3, 4))) void
mk_redact_print(char *text, size_t size, const char *format, ...);

/* Overwrites all secrets with zeros and frees them. */
void mk_redact_forget(void);

#endif
