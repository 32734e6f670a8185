/* fuzz_pointer.c - any bytes as the text of a JSON Pointer.
** SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json/pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool good) {
  if (!good) abort();
}

/* A number that reads as an index is written as digits again. */
static void check_index(struct mk_segment s) {
  size_t index = 0;
  char digits[24], *out = digits + sizeof digits;
  if (mk_segment_index(s, &index) != MK_INDEX_OK) return;
  do *--out = (char)('0' + index % 10);
  while (index /= 10);
  require((size_t)(digits + sizeof digits - out) == s.len);
  require(memcmp(out, s.text, s.len) == 0);
}

/* Unescaped and escaped again, a segment is what it was. */
static void check_segment(struct mk_segment s) {
  char *name = malloc(s.len + 1), *again = malloc(s.len + 1);
  require(name && again);
  size_t len = mk_segment_unescape(s, name);
  require(len <= s.len && mk_pointer_escaped_len(name, len) == s.len);
  mk_pointer_escape(name, len, again);
  require(memcmp(again, s.text, s.len) == 0);
  free(name);
  free(again);
  check_index(s);
}

/* The segments and their slashes are all that there is. */
static void check_pointer(const char *text, size_t len) {
  struct mk_pointer p = mk_pointer_open(text, len);
  struct mk_segment s;
  size_t total = 0;
  while (mk_pointer_next(&p, &s)) {
    require(s.text[-1] == '/' && !memchr(s.text, '/', s.len));
    require(s.text == text + total + 1);
    total += 1 + s.len;
    require(mk_pointer_done(&p) == (total == len));
    require(mk_pointer_contains(text, total, text, len) == (total < len));
    check_segment(s);
  }
  require(total == len);
}

/* Exactly as long as the input, so that a read behind it is found. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size > 0 ? size : 1);
  require(text);
  if (size > 0) memcpy(text, data, size);
  if (!mk_pointer_fault(text, size)) check_pointer(text, size);
  struct mk_segment whole = {text, size};
  size_t index;
  (void)mk_segment_index(whole, &index);
  free(text);
  return 0;
}
