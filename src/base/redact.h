/* redact.h - stores the secrets of this run and replaces them in texts.
**
** There is one set of secrets for the whole process, because the process has
** one standard output.  output.c redacts all output.  Code that shortens error
** messages redacts them first: see redact_fit.h.
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

/* Like mk_redact, but processes the secrets that start in the first `until`
** bytes of the text, and nothing after them.  What is processed depends on
** complete secrets only: a script that sees the result does not learn whether a
** text is the start of a secret.  Sets `*used` to `until`, or to the end of the
** last secret if that is later. */
bool mk_redact_until(struct mk_buf *out, const char *text, size_t len,
                     size_t until, size_t *used);

/* Returns a number of bytes that no secret exceeds in a text, in any encoding
** without line breaks in it. */
size_t mk_redact_longest(void);

/* Like mk_redact_longest, but only for the secrets that contain a line break.
** Returns 0 if there is none. */
size_t mk_redact_longest_of_lines(void);

/* Overwrites all secrets with zeros and frees them. */
void mk_redact_forget(void);

#endif
