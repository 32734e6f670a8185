/* header.c - reads the comment lines at the start of a script.
** SPDX-License-Identifier: MIT */
#include "base/header.h"

#include <string.h>

#define MARK "\xef\xbb\xbf"

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

static const char *end_of_line(const struct mk_header *h) {
  const char *p = h->at;
  while (p < h->stop && *p != '\n' && *p != '\r') p++;
  return p;
}

/* Moves the reader to the next line.  `end` is the end of the current line.
** "\r\n" counts as one line break. */
static void go_on(struct mk_header *h, const char *end) {
  size_t left = (size_t)(h->stop - end);
  if (left > 1 && end[0] == '\r' && end[1] == '\n')
    end += 2;
  else if (left > 0)
    end++;
  h->at = end;
  h->line++;
}

struct mk_header mk_header_of(const char *source, size_t len) {
  struct mk_header h = {.at = source, .stop = source + len, .block = 1};
  size_t mark = strlen(MARK);
  if (len >= mark && !memcmp(source, MARK, mark)) h.at += mark;
  if (h.at < h.stop && *h.at == '#') go_on(&h, end_of_line(&h));
  return h;
}

/* Returns true if the text at `p` begins a long comment: "[[", "[=[" and so
** on. */
static bool opens_bracket(const char *p, const char *end) {
  if (p == end || *p++ != '[') return false;
  while (p < end && *p == '=') p++;
  return p < end && *p == '[';
}

static bool take(struct mk_header *h, const char *p, const char *end) {
  if (end - p < 2 || p[0] != '-' || p[1] != '-') return false;
  p += 2;
  if (opens_bracket(p, end)) return false;
  if (p < end && *p == '-') p++;
  h->dense = p < end && *p != ' ';
  if (p < end && *p == ' ') p++;
  h->text = p;
  h->len = (size_t)(end - p);
  return true;
}

bool mk_header_next(struct mk_header *h) {
  bool empty = false;
  while (h->at < h->stop) {
    const char *end = end_of_line(h), *p = h->at;
    while (p < end && is_blank(*p)) p++;
    if (p < end) {
      if (!take(h, p, end)) return false;
      if (empty && h->seen) h->block++;
      h->seen = true;
      go_on(h, end);
      return true;
    }
    empty = true;
    go_on(h, end);
  }
  return false;
}
