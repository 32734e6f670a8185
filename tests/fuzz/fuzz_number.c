/* fuzz_number.c - any double as text and back, and any text as an integer.
** SPDX-License-Identifier: MIT */
#include "json/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
char *dtoa(double number, int mode, int ndigits, int *point, int *negative,
           char **end);
void freedtoa(char *digits);
double fpconv_strtod(const char *text, char **end);

static void require(bool good) {
  if (!good) abort();
}

/* The digits of a text but for zeros at both ends. */
static void collect(const char *text, char *digits) {
  char *to = digits;
  for (; *text && *text != 'e'; text++)
    if (*text >= '0' && *text <= '9' && (to > digits || *text != '0'))
      *to++ = *text;
  while (to > digits && to[-1] == '0') to--;
  *to = '\0';
}

/* Not one digit more than dtoa has, nor another one. */
static void check_digits(double number, const char *text) {
  char found[MK_JSON_NUMBER_SIZE + 1];
  int point, negative;
  char *end, *wanted = dtoa(number, 0, 0, &point, &negative, &end);
  collect(text, found);
  require(number == 0 || strcmp(found, wanted) == 0);
  freedtoa(wanted);
}

static void check_double(double number) {
  char text[MK_JSON_NUMBER_SIZE + 1], *end;
  struct mk_json_error error;
  if (!isfinite(number)) return;
  int len = mk_json_number_shortest(text, number);
  require(len > 0 && len <= MK_JSON_NUMBER_SIZE);
  text[len] = '\0';
  require(mk_json_scan(text, (size_t)len, &error));
  double back = fpconv_strtod(text, &end), other = strtod(text, NULL);
  require(!*end && memcmp(&back, &number, sizeof back) == 0);
  require(memcmp(&back, &other, sizeof back) == 0);
  check_digits(number, text);
}

static void check_integer(int64_t number) {
  char text[MK_JSON_NUMBER_SIZE + 1];
  const char *p = text;
  int64_t back;
  text[mk_json_number_digits(text, number)] = '\0';
  require(mk_json_number_integer(&p, &back) && !*p && back == number);
}

/* What JSON would have as a number is read as the C library reads it. */
static void check_text(const char *text, size_t len) {
  struct mk_json_error error;
  const char *p = text;
  int64_t value;
  bool integer = mk_json_number_integer(&p, &value);
  if (integer) require(value == strtoll(text, NULL, 10));
  if (!len || !strchr("-0123456789", *text)) return;
  if (!mk_json_scan(text, len, &error)) return;
  char *end, *same;
  double number = fpconv_strtod(text, &end), other = strtod(text, &same);
  require(end == same && memcmp(&number, &other, sizeof number) == 0);
  require(!integer || p == end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  require(text);
  if (size > 0) memcpy(text, data, size);
  text[size] = '\0';
  check_text(text, size);
  free(text);

  double number;
  int64_t integer;
  if (size < sizeof number) return 0;
  memcpy(&number, data, sizeof number);
  memcpy(&integer, data, sizeof integer);
  check_double(number);
  check_double((double)integer);
  check_double((double)(integer >> 20) / 1000);
  check_integer(integer);
  return 0;
}
