/* buf.c - a growable byte buffer with a size limit.
** SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 256

void mk_buf_init(struct mk_buf *b, size_t max) {
  *b = (struct mk_buf){.max = max};
}

/* Doubles the capacity until `need` bytes and a NUL fit.  The capacity never
** exceeds the limit plus one. */
static bool grow(struct mk_buf *b, size_t need) {
  size_t cap = b->cap ? b->cap : FIRST_CAP;
  while (cap <= need && cap <= b->max) cap *= 2;
  if (cap > b->max && b->max < SIZE_MAX) cap = b->max + 1;
  char *data = b->alloc ? b->alloc(b->alloc_data, b->data, b->cap, cap)
                        : realloc(b->data, cap);
  if (!data) return false;
  b->data = data;
  b->cap = cap;
  return true;
}

bool mk_buf_reserve(struct mk_buf *b, size_t len) {
  return len < b->cap || (len <= b->max && grow(b, len));
}

bool mk_buf_add(struct mk_buf *b, const void *bytes, size_t len) {
  if (len > b->max - b->len) return false;
  size_t need = b->len + len;
  if (need >= b->cap && !grow(b, need)) return false;
  if (len > 0) memcpy(b->data + b->len, bytes, len);
  b->len = need;
  b->data[need] = '\0';
  return true;
}

bool mk_buf_puts(struct mk_buf *b, const char *text) {
  return mk_buf_add(b, text, strlen(text));
}

int mk_buf_why(const struct mk_buf *b, size_t len) {
  return len > b->max - b->len ? EFBIG : ENOMEM;
}

static int read_all(FILE *file, struct mk_buf *b) {
  char block[8192];
  for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
    if (!mk_buf_add(b, block, got)) return mk_buf_why(b, got);
  return ferror(file) ? errno : 0;
}

int mk_buf_read_file(struct mk_buf *b, const char *path, int (*check)(int fd)) {
  FILE *file = fopen(path, "rbe");
  if (!file) return errno;
  int error = check ? check(fileno(file)) : 0;
  if (!error) error = read_all(file, b);
  fclose(file);
  return error;
}

void mk_buf_wipe(struct mk_buf *b) {
  if (b->data) explicit_bzero(b->data, b->cap);
  b->len = 0;
}

void mk_buf_clear(struct mk_buf *b) {
  b->len = 0;
  if (b->data) b->data[0] = '\0';
}

void mk_buf_free(struct mk_buf *b) {
  if (b->alloc && b->data)
    b->alloc(b->alloc_data, b->data, b->cap, 0);
  else if (!b->alloc)
    free(b->data);
  b->data = NULL;
  b->len = b->cap = 0;
}
