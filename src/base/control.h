/* control.h - finds control characters, which steer a terminal.
**
** Used before untrusted text is shown, as in host/call.c and http/trust.c.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CONTROL_H
#define MK_BASE_CONTROL_H

#include <stddef.h>

/* Returns the length in bytes of the control character at `p`, or 0.  Control
** characters are those of ASCII and Latin-1 (encoded in UTF-8 or as a single
** byte), marks of text direction, and the Unicode line and paragraph
** separators. */
size_t mk_control_at(const char *p, const char *end);

/* Replaces each control character with "?", line breaks included. */
void mk_control_mask(char *text);

#endif
