/* redact_match_check.c - prints how many characters of a text a comparison
** reads, for each number of right characters at its start, in each view.
**
** Compiled by oracle_spec.lua together with src/base/redact_match.c.
** SPDX-License-Identifier: MIT */
#include "base/redact_match.h"

#include <stdio.h>
#include <string.h>

#define LEN 40

static size_t count_read(enum mk_view view, size_t right) {
  unsigned char secret[LEN], text[2 * LEN];
  memset(secret, 'k', sizeof secret);
  memset(text, '!', sizeof text);
  for (size_t i = 0; i < right; i++) text[i] = mk_view_at(secret, view, i);
  struct mk_reader r = {.at = text, .end = text + sizeof text};
  if (mk_redact_match(&r, secret, LEN, view) != MK_NO) return 0;
  return (size_t)(r.at - text);
}

int main(void) {
  for (enum mk_view view = MK_RAW; view < MK_VIEWS; view++)
    for (size_t right = 0; right < LEN; right++)
      printf("%zu ", count_read(view, right));
  return 0;
}
