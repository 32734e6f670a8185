/* fuzz_name_constraints.c - any bytes as constraints, and as names.
**
** The input: two bytes that say how long the constraints are, two for the
** subject, then those, and the subjectAltName; or all of it as Extensions.
** SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/name_constraints.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool good) {
  if (!good) abort();
}

/* In memory of its own, so that a read behind it is found. */
static struct mk_der copy(const uint8_t *bytes, size_t len) {
  unsigned char *own = malloc(len > 0 ? len : 1);
  require(own);
  if (len > 0) memcpy(own, bytes, len);
  return (struct mk_der){own, own + len};
}

static void drop(struct mk_der d) {
  free((void *)(uintptr_t)d.at);
}

/* Takes the first `len` bytes, or what there is of them. */
static struct mk_der take(const uint8_t **data, size_t *size, size_t len) {
  if (len > *size) len = *size;
  struct mk_der part = copy(*data, len);
  *data += len;
  *size -= len;
  return part;
}

/* Who has no name breaks no constraint. */
static void check_nobody(struct mk_der constraints) {
  static const unsigned char empty[] = {0x30, 0x00};
  struct mk_names nobody = {.subject = {empty, empty + 2}, .server = true};
  enum mk_constrained found = mk_names_check(constraints, &nobody);
  require(found == MK_PERMITTED || found == MK_UNCLEAR);
}

static void check_extension(const uint8_t *data, size_t size) {
  struct mk_der all = copy(data, size), value;
  if (mk_der_extension(all, "\x55\x1d\x1e", 3, &value))
    require(value.at >= all.at && value.end <= all.end);
  drop(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  check_extension(data, size);
  if (size < 4) return 0;
  size_t len = data[0] * 256u + data[1], subject_len = data[2] * 256u + data[3];
  data += 4;
  size -= 4;
  struct mk_der constraints = take(&data, &size, len);
  struct mk_names names = {.subject = take(&data, &size, subject_len),
                           .alt_names = take(&data, &size, size),
                           .server = true};
  enum mk_constrained found = mk_names_check(constraints, &names);
  require(found <= MK_UNCLEAR);
  check_nobody(constraints);
  drop(constraints);
  drop(names.subject);
  drop(names.alt_names);
  return 0;
}
