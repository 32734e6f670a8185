/* runner_words.c - splits a command into words that mean the same without a
** shell (POSIX.1-2017, Shell Command Language, 2.2 and 2.3).
** SPDX-License-Identifier: MIT */
#include "base/runner_words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Characters that mean something to a shell outside of quotes.  Braces and ~
** are expanded by some shells only. */
#define SPECIAL "\n;&|<>()$`\\*?[]#~{}"

/* Characters that mean something between double quotes. */
#define SPECIAL_QUOTED "$`\\"

struct reader {
  const char *at;
  /* Where the next byte of a word goes. */
  char *room;
};

/* Reads quoted text after its first quote.  Returns false if the text is not
** plain. */
static bool read_quoted(struct reader *r, char quote) {
  for (; *r->at && *r->at != quote; r->at++) {
    if (quote == '"' && strchr(SPECIAL_QUOTED, *r->at)) return false;
    *r->room++ = *r->at;
  }
  return *r->at++ == quote;
}

/* Reads one word, up to a blank or the end.  Returns false if the word is not
** plain. */
static bool read_word(struct reader *r) {
  while (*r->at && *r->at != ' ' && *r->at != '\t') {
    char c = *r->at++;
    if (c == '\'' || c == '"') {
      if (!read_quoted(r, c)) return false;
    } else if (strchr(SPECIAL, c)) {
      return false;
    } else {
      *r->room++ = c;
    }
  }
  *r->room++ = '\0';
  return true;
}

static void skip_blanks(struct reader *r) {
  r->at += strspn(r->at, " \t");
}

/* The list and the bytes of the words are one block.  A text of N bytes has at
** most (N + 1) / 2 words, and the words have at most N + 1 bytes. */
char **mk_runner_words(const char *text) {
  size_t len = strlen(text), most = len / 2 + 2, count = 0;
  char **words = malloc(most * sizeof *words + len + 1);
  struct reader r = {.at = text};
  if (!words) return NULL;
  r.room = (char *)(words + most);
  for (skip_blanks(&r); *r.at; skip_blanks(&r)) {
    words[count++] = r.room;
    if (read_word(&r)) continue;
    count = 0;
    break;
  }
  words[count] = NULL;
  if (count > 0) return words;
  free(words);
  errno = EPERM;
  return NULL;
}
