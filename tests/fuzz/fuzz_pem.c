/* fuzz_pem.c - any bytes as a bundle of certificates.
** SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool good) {
  if (!good) abort();
}

/* In memory of its own, so that a read behind it is found. */
static void check_subject(const char *bytes, size_t len) {
  unsigned char *der = malloc(len > 0 ? len : 1);
  require(der);
  if (len > 0) memcpy(der, bytes, len);
  size_t subject_len = 0;
  const unsigned char *subject = mk_der_subject(der, len, &subject_len);
  if (subject) {
    require(subject_len >= 2 && subject[0] == 0x30);
    require(subject >= der && subject_len <= len - (size_t)(subject - der));
  }
  free(der);
}

/* Each step moves on, and leaves whole what it decoded before. */
static void check_bundle(const char *text) {
  struct mk_buf der;
  mk_buf_init(&der, 1u << 20);
  const char *end = text + strlen(text);
  for (const char *at = text, *last = text;; last = at) {
    size_t before = der.len;
    enum mk_pem found = mk_pem_next(&at, &der);
    if (found != MK_PEM_FOUND && found != MK_PEM_MALFORMED) break;
    require(at > last && at <= end && der.len >= before);
    if (found == MK_PEM_FOUND)
      check_subject(der.data + before, der.len - before);
  }
  mk_buf_free(&der);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  require(text);
  if (size > 0) memcpy(text, data, size);
  text[size] = '\0';
  check_subject(text, size);
  check_bundle(text);
  free(text);
  return 0;
}
