/* number.h - numbers as JSON writes them.
** SPDX-License-Identifier: MIT */
#ifndef MK_JSON_NUMBER_H
#define MK_JSON_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* What mk_json_number_shortest may write: "-1.7976931348623157e308". */
#define MK_JSON_NUMBER_SIZE 32

/* Writes a finite number with the fewest digits that read back as the same
** double, and so that it is no integer: 0.1  1.0  -0.0  1e15  5e-324.  Returns
** the length in bytes; `text` has MK_JSON_NUMBER_SIZE of them. */
int mk_json_number_shortest(char *text, double number);

/* Writes an integer; returns the length. */
int mk_json_number_digits(char *text, int64_t number);

/* Reads a number that has only digits and maybe a minus, and fits 64 bits, and
** moves `*text`, which ends with a NUL, behind it.  Any other number stays as
** it is, for a double, with false; so do -0, since only a double has its sign,
** and leading zeros. */
bool mk_json_number_integer(const char **text, int64_t *value);

#endif
