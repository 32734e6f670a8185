/* closest_name.c - finds the known name that is most similar to a misspelled
** name.
** SPDX-License-Identifier: MIT */
#include "base/closest_name.h"

#include <string.h>
#include <strings.h>

enum { LONGEST = 256, SHORTEST_PART = 3 };

static bool same(char a, char b) {
  return !strncasecmp(&a, &b, 1);
}

static size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Returns the number of edits that turn `a` into `b`.  An edit changes, inserts
** or deletes one character, or swaps two adjacent characters.
**
** rows[i % 3][j] is the distance between the first i characters of `a` and the
** first j characters of `b`.  Only the last three rows are kept. */
static size_t distance(const char *a, size_t a_len, const char *b,
                       size_t b_len) {
  size_t rows[3][LONGEST + 1];
  for (size_t j = 0; j <= b_len; j++) rows[0][j] = j;
  for (size_t i = 1; i <= a_len; i++) {
    size_t *row = rows[i % 3], *last = rows[(i + 2) % 3];
    const size_t *before = rows[(i + 1) % 3];
    row[0] = i;
    for (size_t j = 1; j <= b_len; j++) {
      row[j] = last[j - 1] + !same(a[i - 1], b[j - 1]);
      row[j] = smaller(row[j], smaller(last[j], row[j - 1]) + 1);
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
          same(a[i - 2], b[j - 1]))
        row[j] = smaller(row[j], before[j - 2] + 1);
    }
  }
  return rows[a_len % 3][b_len];
}

static bool contains(const char *text, size_t text_len, const char *part,
                     size_t len) {
  if (len < SHORTEST_PART) return false;
  for (; text_len >= len; text++, text_len--)
    if (!strncasecmp(text, part, len)) return true;
  return false;
}

bool mk_closest_name_measure(const char *wanted, size_t wanted_len,
                             const char *name, size_t len, size_t *apart) {
  if (wanted_len > LONGEST || len > LONGEST) return false;
  *apart = distance(wanted, wanted_len, name, len);
  if (*apart <= 1 || *apart <= wanted_len / 3) return true;
  *apart += wanted_len;
  return contains(name, len, wanted, wanted_len) ||
         contains(wanted, wanted_len, name, len);
}

void mk_closest_name_try(struct mk_closest_name *near, const char *name) {
  size_t apart, len = strlen(name);
  if (!mk_closest_name_measure(near->wanted, near->len, name, len, &apart))
    return;
  if (near->found && near->apart <= apart) return;
  near->found = name;
  near->apart = apart;
}
