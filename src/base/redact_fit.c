/* redact_fit.c - shortens texts that may contain secrets.
** SPDX-License-Identifier: MIT */
#include "base/redact_fit.h"

#include "base/redact.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t copy(char *out, size_t size, const char *text, size_t len) {
  if (size == 0) return 0;
  if (len >= size) len = size - 1;
  if (len > 0) memcpy(out, text, len);
  out[len] = '\0';
  return len;
}

size_t mk_redact_fit(char *out, size_t size, const char *text, size_t len) {
  struct mk_buf clean;
  size_t used;
  if (len < size || !mk_redact_active()) return copy(out, size, text, len);
  mk_buf_init(&clean, SIZE_MAX / 2);
  if (mk_redact(&clean, text, len, true, &used))
    len = copy(out, size, clean.data, clean.len);
  else
    len = copy(out, size, "?", 1);
  mk_buf_wipe(&clean);
  mk_buf_free(&clean);
  return len;
}

void mk_redact_vprint(char *text, size_t size, const char *format,
                      va_list args) {
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(text, size, format, args);
  if (len >= (int)size && mk_redact_active()) {
    size_t room = (size_t)len + 1;
    char *whole = malloc(room);
    if (whole) {
      vsnprintf(whole, room, format, again);
      mk_redact_fit(text, size, whole, (size_t)len);
      explicit_bzero(whole, room);
      free(whole);
    } else {
      copy(text, size, "?", 1);
    }
  }
  va_end(again);
}

void mk_redact_print(char *text, size_t size, const char *format, ...) {
  va_list args;
  va_start(args, format);
  mk_redact_vprint(text, size, format, args);
  va_end(args);
}
