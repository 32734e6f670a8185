/* closest_name.c - finds the known name that is closest to a misspelled one.
**
** lua/mkrun/closest_name.lua is the same algorithm for scripts.
** SPDX-License-Identifier: MIT */
#include "base/closest_name.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 32, SHORTEST_PART = 3 };

static bool same(char a, char b) {
  return !strncasecmp(&a, &b, 1);
}

static size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Returns the Damerau-Levenshtein distance: how many characters must be
** changed, added, removed or swapped with the next one.  rows[i][j] is the
** distance between the first i characters of `a` and the first j of `b`. */
static size_t distance(const char *a, size_t a_len, const char *b,
                       size_t b_len) {
  size_t rows[LONGEST + 1][LONGEST + 1];
  for (size_t i = 0; i <= a_len; i++) rows[i][0] = i;
  for (size_t j = 0; j <= b_len; j++) rows[0][j] = j;
  for (size_t i = 1; i <= a_len; i++)
    for (size_t j = 1; j <= b_len; j++) {
      size_t least = rows[i - 1][j - 1] + !same(a[i - 1], b[j - 1]);
      least = smaller(least, smaller(rows[i - 1][j], rows[i][j - 1]) + 1);
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
          same(a[i - 2], b[j - 1]))
        least = smaller(least, rows[i - 2][j - 2] + 1);
      rows[i][j] = least;
    }
  return rows[a_len][b_len];
}

static bool contains(const char *text, size_t text_len, const char *part,
                     size_t len) {
  if (len < SHORTEST_PART) return false;
  for (; text_len >= len; text++, text_len--)
    if (!strncasecmp(text, part, len)) return true;
  return false;
}

void mk_closest_name_try(struct mk_closest_name *near, const char *name) {
  size_t len = strlen(name);
  if (near->len > LONGEST || len > LONGEST) return;
  size_t apart = distance(near->wanted, near->len, name, len);
  if (apart > 1 && apart > near->len / 3) {
    if (!contains(name, len, near->wanted, near->len) &&
        !contains(near->wanted, near->len, name, len))
      return;
    apart += near->len;
  }
  if (near->found && near->apart <= apart) return;
  near->found = name;
  near->apart = apart;
}
