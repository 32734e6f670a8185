/* number.h - converts numbers to JSON text, and JSON text to integers.
**
** The build adds calls of these functions to lua-cjson's encoder and decoder.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_NUMBER_H
#define MK_JSON_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Size in bytes of the buffers for the functions below.  The longest text is
** shorter than this, for example "-1.7976931348623157e308". */
#define MK_JSON_NUMBER_SIZE 32

/* Writes a finite double to `text`, with the smallest number of digits from
** which a reader gets the same double.  The text always has a point or an
** exponent, so that a reader does not get an integer: 0.1  1.0  -0.0  1e15
** 5e-324.  `text` has room for MK_JSON_NUMBER_SIZE bytes.  Adds no NUL.
** Returns the length of the text in bytes. */
int mk_json_number_shortest(char *text, double number);

/* Writes an integer to `text`, which has room for MK_JSON_NUMBER_SIZE bytes.
** Adds no NUL.  Returns the length of the text in bytes. */
int mk_json_number_digits(char *text, int64_t number);

/* Reads an integer at `*text`, a NUL-terminated string.  If the number has only
** digits and an optional minus sign and fits into 64 bits, sets `*value`, moves
** `*text` to the character after the number, and returns true.
**
** Otherwise returns false and leaves `*text` unchanged; the caller then reads
** the number as a double.  Also returns false for -0, because only a double can
** represent the sign of -0, and for a number with a leading zero. */
bool mk_json_number_integer(const char **text, int64_t *value);

#endif
