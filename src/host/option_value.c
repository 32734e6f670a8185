/* option_value.c - parses values of options: numbers, and NAME=VALUE.
** SPDX-License-Identifier: MIT */
#include "host/option_value.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char *mk_value_named(const char *text, size_t *name_len) {
  size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
  if (text[0] < 'a' || text[len] != '=') return NULL;
  *name_len = len;
  return text + len + 1;
}

bool mk_value_seconds(const char *text, double *seconds) {
  char *end;
  *seconds = strtod(text, &end);
  return end != text && !*end && isfinite(*seconds) && *seconds > 0;
}

bool mk_value_count(const char *text, size_t *count) {
  size_t len = strspn(text, "0123456789");
  if (len == 0 || len > 7 || text[len]) return false;
  *count = (size_t)strtoul(text, NULL, 10);
  return *count > 0 && *count <= 1000000;
}

static unsigned unit_shift(char unit) {
  switch (unit) {
  case 'k':
  case 'K': return 10;
  case 'm':
  case 'M': return 20;
  case 'g':
  case 'G': return 30;
  default: return 0;
  }
}

bool mk_value_size(const char *text, size_t *size) {
  if (*text < '0' || *text > '9') return false;
  char *end;
  errno = 0;
  unsigned long long n = strtoull(text, &end, 10);
  unsigned shift = unit_shift(*end);
  if (shift) end++;
  if (*end || errno || n == 0 || n > SIZE_MAX >> shift) return false;
  *size = (size_t)n << shift;
  return true;
}
