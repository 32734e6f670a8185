/* words_check.c FILE LENGTH WORDS - prints what words.c makes of the coded text
** in FILE, or "damaged".  SPDX-License-Identifier: MIT */
#include "base/words.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  FILE *file = fopen(argv[1], "rb");
  size_t len = strtoul(argv[2], NULL, 10), words = strtoul(argv[3], NULL, 10);
  char *out = malloc(len + !len), *coded = malloc(1 << 20);
  if (!file || !out || !coded) return 2;
  size_t coded_len = fread(coded, 1, 1 << 20, file);
  fclose(file);
  coded = realloc(coded, coded_len + !coded_len); /* watch its end */
  if (mk_words_expand(coded, coded_len, words, out, len))
    fwrite(out, 1, len, stdout);
  else
    fputs("damaged", stdout);
  free(coded);
  free(out);
  return 0;
}
