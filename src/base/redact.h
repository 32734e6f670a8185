/* redact.h - the secrets of this run, and texts without them.
**
** One set for the process, as stdout is one for it.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_REDACT_H
#define MK_BASE_REDACT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Shorter ones would be found in harmless words. */
#define MK_REDACT_MIN 8

/* From now on these bytes leave the process as "(secret: LABEL)".  They are
** copied, and kept when their owner forgets them: texts may still hold them.
** False when memory ends. */
bool mk_redact_add(const char *bytes, size_t len, const char *label);

/* Is there something to look for? */
bool mk_redact_active(void);

/* Appends the text without secrets to `out`, or to nothing.  Unless this is the
 *`last` of it,
 ** what may be the beginning of a secret at the end is left out; `*used` tells
 ** how many bytes were looked at.  False when memory ends. */
bool mk_redact(struct mk_buf *out, const char *text, size_t len, bool last,
               size_t *used);

/* How much of a text to show when it is cut at `max` bytes: without the first
** part of a secret, which nothing would know as one. */
size_t mk_redact_cut(const char *text, size_t len, size_t max);

/* As snprintf, but what does not fit is cut as mk_redact_cut does it. */
__attribute__((format(printf, 3, 4))) void
mk_redact_print(char *text, size_t size, const char *format, ...);

/* Zeroes and forgets them all. */
void mk_redact_forget(void);

#endif
