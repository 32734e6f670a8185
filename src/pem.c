/* pem.c - certificates in text form, quickly: nothing in here is secret.
** SPDX-License-Identifier: MIT */
#include "pem.h"

#include <stdint.h>
#include <string.h>

#define HEADER "-----BEGIN CERTIFICATE-----"
#define FOOTER "-----END CERTIFICATE-----"

enum { SPACE = -1, PAD = -2, BAD = -3 };

static int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  if (c == '=') return PAD;
  return c == '\n' || c == '\r' || c == ' ' || c == '\t' ? SPACE : BAD;
}

static bool add_group(struct mk_buf *der, uint32_t bits, size_t bytes) {
  unsigned char out[3] = {(unsigned char)(bits >> 16),
                          (unsigned char)(bits >> 8), (unsigned char)bits};
  return mk_buf_add(der, out, bytes);
}

/* 1 done, -1 malformed, -2 no room. */
static int decode(const char *text, const char *end, struct mk_buf *der) {
  uint32_t bits = 0;
  size_t digits = 0, pads = 0;
  for (; text < end; text++) {
    int value = base64_value(*text);
    if (value == SPACE) continue;
    if (value == BAD || (pads > 0 && value != PAD)) return -1;
    if (value == PAD && ++pads > 2) return -1;
    bits = bits << 6 | (uint32_t)(value == PAD ? 0 : value);
    if (++digits % 4 == 0 && !add_group(der, bits, 3 - pads)) return -2;
  }
  return digits % 4 == 0 && digits > 0 ? 1 : -1;
}

int mk_pem_next(const char **text, struct mk_buf *der) {
  const char *start = strstr(*text, HEADER);
  if (!start) return 0;
  start += strlen(HEADER);
  const char *end = strstr(start, FOOTER);
  const char *other = strstr(start, HEADER);
  if (!end || (other && other < end)) {
    *text = start;
    return -1;
  }
  *text = end + strlen(FOOTER);
  size_t before = der->len;
  int rc = decode(start, end, der);
  if (rc != 1) der->len = before;
  return rc;
}

struct der {
  const unsigned char *at, *end;
};

/* Reads a tag and a length: `inside` is the content, `d` moves behind it. */
static bool element(struct der *d, unsigned char tag, struct der *inside) {
  if (d->end - d->at < 2 || d->at[0] != tag) return false;
  size_t len = d->at[1];
  d->at += 2;
  if (len & 0x80) {
    size_t bytes = len & 0x7f;
    if (bytes < 1 || bytes > 4 || (size_t)(d->end - d->at) < bytes)
      return false;
    for (len = 0; bytes > 0; bytes--) len = len << 8 | *d->at++;
  }
  if ((size_t)(d->end - d->at) < len) return false;
  inside->at = d->at;
  inside->end = d->at + len;
  d->at += len;
  return true;
}

enum { INTEGER = 0x02, SEQUENCE = 0x30, VERSION = 0xa0 };

const unsigned char *mk_der_subject(const unsigned char *der, size_t len,
                                    size_t *subject_len) {
  struct der all = {der, der + len}, cert, tbs, skip;
  if (!element(&all, SEQUENCE, &cert) || !element(&cert, SEQUENCE, &tbs))
    return NULL;
  element(&tbs, VERSION, &skip);         /* absent in version 1 */
  if (!element(&tbs, INTEGER, &skip) ||  /* serial number */
      !element(&tbs, SEQUENCE, &skip) || /* signature algorithm */
      !element(&tbs, SEQUENCE, &skip) || /* issuer */
      !element(&tbs, SEQUENCE, &skip))   /* validity */
    return NULL;
  const unsigned char *subject = tbs.at;
  if (!element(&tbs, SEQUENCE, &skip)) return NULL;
  *subject_len = (size_t)(tbs.at - subject);
  return subject;
}
