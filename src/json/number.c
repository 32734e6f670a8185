/* number.c - converts numbers to JSON text, and JSON text to integers.
** SPDX-License-Identifier: MIT */
#include "json/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* dtoa is from David Gay's dtoa.c, which is a part of lua-cjson.  In mode 0,
** dtoa returns the shortest digits without trailing zeros, and sets `*point` to
** the number of digits before the decimal point. */
char *dtoa(double number, int mode, int ndigits, int *point, int *negative,
           char **end);
void freedtoa(char *digits);

__extension__ typedef unsigned __int128 uint128;

static int put_digits(char *to, uint64_t value) {
  char text[20];
  int at = sizeof text;
  do text[--at] = (char)('0' + value % 10);
  while (value /= 10);
  memcpy(to, text + at, sizeof text - (size_t)at);
  return (int)sizeof text - at;
}

/* A double from 1e-5 to 1e15, multiplied by 10^power * 2^shift so that the
** result is an exact integer. */
struct scaled {
  /* The double, multiplied by 10^power * 2^shift.  Without the factor 2^shift,
  ** the integer part has 17 or 18 digits. */
  uint128 value;
  /* The distance from the double to the next larger double, multiplied by
  ** 10^power * 2^shift. */
  uint64_t gap;
  /* True if the double is a power of two.  Then the next smaller double is only
  ** half as far away as the next larger double. */
  bool lopsided;
  /* Exponent of the factor 10^power. */
  int power;
  /* Exponent of the factor 2^shift. */
  int shift;
};

static bool scale(double number, struct scaled *s) {
  uint64_t raw, hidden = UINT64_C(1) << 52;
  if (!(number >= 1e-5 && number < 1e15)) return false;
  memcpy(&raw, &number, sizeof raw);
  uint64_t mantissa = (raw & (hidden - 1)) | hidden;
  /* 2^exponent is at most `number`.  0.30102999 is log10(2). */
  int exponent = (int)(raw >> 52) - 1023;
  s->power = 16 - (int)floor(exponent * 0.30102999);
  s->shift = 52 - exponent - s->power;
  s->gap = 1;
  for (int i = 0; i < s->power; i++) s->gap *= 5;
  s->value = (uint128)mantissa * s->gap;
  s->lopsided = mantissa == hidden;
  return true;
}

/* Finds the shortest decimal of 15, 16 or 17 digits that a reader rounds to
** `number`: its distance from `number` is less than half the gap between two
** doubles.  Two different decimals of at most 15 digits are never rounded to
** the same double.  So if a decimal of 15 digits is found, a shorter decimal
** can only be the same decimal without zeros at its end.
**
** Writes the digits without zeros at the end, sets `*point` to the number of
** digits before the decimal point, and returns the number of digits.  Returns 0
** if `scale` cannot represent the number, and if the shortest decimal cannot be
** decided quickly, for example because two decimals are equally near. */
static int quick_digits(char *digits, double number, int *point) {
  struct scaled s;
  if (!scale(number, &s)) return 0;
  uint64_t whole = (uint64_t)(s.value >> s.shift);
  uint128 rest = s.value - ((uint128)whole << s.shift);
  int count = whole < UINT64_C(100000000000000000) ? 17 : 18;
  for (uint64_t step = count == 17 ? 100 : 1000; step; step /= 10) {
    uint128 below = ((uint128)(whole % step) << s.shift) + rest;
    uint128 above = ((uint128)step << s.shift) - below;
    uint128 distance = 2 * (below < above ? below : above);
    if (distance == s.gap || below == above) return 0;
    if (s.lopsided && distance > s.gap / 2) return 0;
    if (distance > s.gap) continue;
    whole += (below < above ? 0 : step) - whole % step;
    count = put_digits(digits, whole);
    *point = count - s.power;
    while (digits[count - 1] == '0') count--;
    return count;
  }
  return 0;
}

/* Like quick_digits, but works for every number above 0.  Calls dtoa only if
** quick_digits fails, because dtoa is about ten times slower. */
static int shortest_digits(char *digits, double number, int *point) {
  int count = quick_digits(digits, number, point), negative;
  if (count) return count;
  char *end, *found = dtoa(number, 0, 0, point, &negative, &end);
  count = (int)(end - found);
  memcpy(digits, found, (size_t)count);
  freedtoa(found);
  return count;
}

static char *put(char *to, const char *bytes, int len) {
  memcpy(to, bytes, (size_t)len);
  return to + len;
}

static char *put_zeros(char *to, int count) {
  memset(to, '0', (size_t)count);
  return to + count;
}

/* Writes a number with an exponent, such as 1.25e-7. */
static char *put_scientific(char *to, const char *digits, int count,
                            int exponent) {
  *to++ = digits[0];
  if (count > 1) {
    *to++ = '.';
    to = put(to, digits + 1, count - 1);
  }
  return to + sprintf(to, "e%d", exponent);
}

/* Writes a number without an exponent, such as 0.00125, 12.5 or 12500.0. */
static char *put_plain(char *to, const char *digits, int count, int point) {
  if (point <= 0) {
    to = put_zeros(put(to, "0.", 2), -point);
    return put(to, digits, count);
  }
  if (point >= count) {
    to = put_zeros(put(to, digits, count), point - count);
    return put(to, ".0", 2);
  }
  to = put(put(to, digits, point), ".", 1);
  return put(to, digits + point, count - point);
}

int mk_json_number_shortest(char *text, double number) {
  char digits[20], *to = text;
  int point = 0;
  if (signbit(number)) *to++ = '-';
  if (number == 0) return (int)(put(to, "0.0", 3) - text);
  int count = shortest_digits(digits, fabs(number), &point);
  if (point < -4 || point > 15)
    to = put_scientific(to, digits, count, point - 1);
  else
    to = put_plain(to, digits, count, point);
  return (int)(to - text);
}

int mk_json_number_digits(char *text, int64_t number) {
  int minus = number < 0;
  uint64_t value = (uint64_t)number;
  if (minus) *text++ = '-';
  return minus + put_digits(text, minus ? 0 - value : value);
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool mk_json_number_integer(const char **text, int64_t *value) {
  const char *p = *text;
  bool negative = *p == '-';
  uint64_t limit = (uint64_t)INT64_MAX + negative, sum = 0;
  p += negative;
  if (!is_digit(*p) || (*p == '0' && (negative || is_digit(p[1]))))
    return false;
  for (; is_digit(*p); p++) {
    unsigned digit = (unsigned)(*p - '0');
    if (sum > (limit - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  if (*p == '.' || (*p | 0x20) == 'e' || (*p | 0x20) == 'x') return false;
  *value = (int64_t)(negative ? 0 - sum : sum);
  *text = p;
  return true;
}
