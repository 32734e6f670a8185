/* control.h - finds control characters, which could change how a terminal
** displays a text.
**
** host/call.c, http/trust.c and lua/value_text.c call these functions before
** they print text that mkrun did not create.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CONTROL_H
#define MK_BASE_CONTROL_H

#include <stddef.h>

/* Returns the length in bytes of the control character at `p`, or 0 if the
** character at `p` is no control character.  `end` is the end of the text.
**
** The following count as control characters: the control characters of ASCII
** and Latin-1 (encoded in UTF-8 or as a single byte), characters that change
** the direction of the text, and the Unicode line and paragraph separators. */
size_t mk_control_at(const char *p, const char *end);

/* Replaces each control character in the text with "?".  Line breaks are
** replaced too. */
void mk_control_mask(char *text);

#endif
