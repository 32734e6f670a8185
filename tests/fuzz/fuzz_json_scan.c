/* fuzz_json_scan.c - foreign bytes against the JSON scanner and formatter.
** SPDX-License-Identifier: MIT */
#include "base/utf8.h"
#include "json/format.h"
#include "json/scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool what) {
  if (!what) abort();
}

/* White space outside strings goes: the formatter wants none. */
static char *compact(const char *text, size_t len) {
  char *out = malloc(len + 1), *to = out;
  bool in_string = false;
  must(out);
  for (size_t i = 0; i < len; i++) {
    if (!in_string && strchr(" \t\r\n", text[i])) continue;
    *to++ = text[i];
    if (in_string && text[i] == '\\')
      *to++ = text[++i];
    else if (text[i] == '"')
      in_string = !in_string;
  }
  *to = '\0';
  return out;
}

/* Whatever the style, the result is JSON, and formatting it again the same way
** changes nothing. */
static void check_style(const char *text, size_t indent, bool sort) {
  struct mk_json_style style = {.indent = indent, .sort = sort};
  struct mk_json_error error;
  struct mk_buf once, twice;
  mk_buf_init(&once, 1 << 28);
  mk_buf_init(&twice, 1 << 28);

  must(mk_json_format(text, &style, &once));
  must(mk_json_scan(once.data, once.len, &error));
  char *again = compact(once.data, once.len);
  if (!sort) must(strcmp(again, text) == 0);
  must(mk_json_format(again, &style, &twice));
  must(once.len == twice.len && !memcmp(once.data, twice.data, once.len));

  free(again);
  mk_buf_free(&once);
  mk_buf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct mk_json_error error = {0};
  const char *text = (const char *)data;
  size_t good = mk_utf8_span(text, size);
  must(good <= size);

  if (!mk_json_scan(text, size, &error)) {
    must(error.message && error.line >= 1 && error.column >= 1);
    must(error.line + error.column <= size + 2);
    return 0;
  }
  must(good == size);
  char *tight = compact(text, size);
  check_style(tight, 0, false);
  check_style(tight, 2, false);
  check_style(tight, 0, true);
  check_style(tight, 1, true);
  free(tight);
  return 0;
}
