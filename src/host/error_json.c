/* error_json.c - prints error messages as JSON.
** SPDX-License-Identifier: MIT */
#include "host/error_json.h"

#include "base/control.h"
#include "base/output.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

static bool chosen;

static bool is_json(const char *format) {
  return format && (!strcmp(format, "json") || !strcmp(format, "jsonl"));
}

void mk_error_json_choose(char **argv) {
  static const char option[] = "--output";
  const size_t len = sizeof option - 1;
  chosen = false; /* a test's run may have been started from another one */
  for (char **at = argv; *at && strcmp(*at, "--"); at++) {
    if (strncmp(*at, option, len)) continue;
    const char *rest = *at + len;
    if (is_json(*rest == '=' ? rest + 1 : *rest ? NULL : at[1])) chosen = true;
  }
}

bool mk_error_json_chosen(void) {
  return chosen;
}

/* Prints the character at `p` as a part of a JSON string.  Returns its length
** in bytes. */
static size_t print_character(const char *p, const char *end) {
  size_t control = mk_control_at(p, end);
  if (*p == '\n' || *p == '\t') {
    fputs(*p == '\n' ? "\\n" : "\\t", mk_stderr);
  } else if (control > 0) {
    fputc('?', mk_stderr);
    return control;
  } else if (*p == '"' || *p == '\\') {
    fprintf(mk_stderr, "\\%c", *p);
  } else {
    fputc(*p, mk_stderr);
  }
  return 1;
}

/* Prints text without a character that JSON must escape as a whole, since a
** secret that is written in pieces is not always recognized. */
static const char *print_plain(const char *p, const char *end) {
  const char *from = p;
  size_t valid = mk_utf8_span(p, (size_t)(end - p));
  while (p < from + valid && *p != '"' && *p != '\\' && !mk_control_at(p, end))
    p++;
  fwrite(from, 1, (size_t)(p - from), mk_stderr);
  return p;
}

void mk_error_json_print(const char *text) {
  const char *end = text + strlen(text);
  fputs("{\"error\":{\"message\":\"", mk_stderr);
  for (const char *p = print_plain(text, end); p < end;
       p = print_plain(p, end)) {
    if (mk_utf8_span(p, (size_t)(end - p)) == 0 && !mk_control_at(p, end)) {
      fputs("\\ufffd", mk_stderr);
      p++;
    } else {
      p += print_character(p, end);
    }
  }
  fputs("\"}}\n", mk_stderr);
}
