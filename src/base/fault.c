/* fault.c - builds the error message that tells why a run cannot start.
** SPDX-License-Identifier: MIT */
#include "base/fault.h"

#include "base/lack.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_MEMORY "not enough memory"

void mk_fault_free(struct mk_fault *f) {
  free(f->text);
  *f = (struct mk_fault){0};
}

bool mk_fault_memory(struct mk_fault *f) {
  mk_fault_free(f);
  f->machine = true;
  return false;
}

/* Resizes the message to `used` plus `more` bytes and a NUL.  Returns a pointer
** to the byte after the first `used` bytes, or NULL if out of memory. */
static char *grow(struct mk_fault *f, size_t used, size_t more) {
  char *text = realloc(f->text, used + more + 1);
  if (text)
    f->text = text;
  else
    mk_fault_memory(f);
  return text ? text + used : NULL;
}

__attribute__((format(printf, 2, 0))) static void
add(struct mk_fault *f, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  size_t used = f->text ? strlen(f->text) : 0;
  char *end = len < 0 ? NULL : grow(f, used, (size_t)len);
  if (end) vsnprintf(end, (size_t)len + 1, format, again);
  va_end(again);
}

bool mk_fault_say(struct mk_fault *f, const char *format, ...) {
  char *before = f->text; /* `args` may point into the old text */
  va_list args;
  va_start(args, format);
  f->text = NULL;
  add(f, format, args);
  va_end(args);
  free(before);
  return false;
}

void mk_fault_add(struct mk_fault *f, const char *format, ...) {
  va_list args;
  va_start(args, format);
  add(f, format, args);
  va_end(args);
}

int mk_fault_note(struct mk_fault *f, int error) {
  f->machine |= mk_lack(error) != NULL;
  return error;
}

const char *mk_fault_text(const struct mk_fault *f) {
  return f->text ? f->text : NO_MEMORY;
}
