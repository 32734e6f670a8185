/* redact_fit.h - shortens texts that may contain secrets.
**
** A secret is replaced before the text is cut, because redaction does not
** recognize a part of a secret.  The place of the cut depends on complete
** secrets only.  So a script that sees the message does not learn whether the
** text before the cut is the start of a secret.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_REDACT_FIT_H
#define MK_BASE_REDACT_FIT_H

#include <stdarg.h>
#include <stddef.h>

/* Copies the text of `len` bytes to `out`, a buffer of `size` bytes, and adds a
** NUL.  If the text does not fit, replaces the secrets in it and cuts the
** result after `size` - 1 bytes.  If out of memory, the result is "?".  Returns
** the number of bytes in `out`, without the NUL.  `text` must be complete: not
** itself cut somewhere. */
size_t mk_redact_fit(char *out, size_t size, const char *text, size_t len);

/* Like snprintf and vsnprintf, but if the text is too long, shortens it as
** mk_redact_fit does. */
__attribute__((format(printf, 3, 4))) void
mk_redact_print(char *text, size_t size, const char *format, ...);
__attribute__((format(printf, 3, 0))) void
mk_redact_vprint(char *text, size_t size, const char *format, va_list args);

#endif
