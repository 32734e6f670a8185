/* control.h - characters that steer a terminal instead of being shown.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CONTROL_H
#define MK_BASE_CONTROL_H

#include <stddef.h>

/* How many bytes the control character has that begins at `p`, 0 if none does:
** those of ASCII and Latin-1, alone as a byte too, those that turn the
** direction of text, and the line and paragraph separators. */
size_t mk_control_at(const char *p, const char *end);

/* Puts a "?" in the place of each, line breaks included. */
void mk_control_mask(char *text);

#endif
