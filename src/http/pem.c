/* pem.c - decodes certificates in PEM.  The code is fast but not constant-time,
** because certificates are not secret.
** SPDX-License-Identifier: MIT */
#include "http/pem.h"

#include "http/der.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define HEADER "-----BEGIN CERTIFICATE-----"
#define FOOTER "-----END CERTIFICATE-----"

enum { SPACE = 64, PAD, BAD };

#define ROW(c) c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c

/* Maps each character to its value.  A certificate bundle has 200,000
** characters, so a table is used for speed. */
static const unsigned char values[256] = {
    /* clang-format off */
    66, 66, 66, 66, 66, 66, 66, 66, 66, 64, 64, 66, 66, 64, 66, 66,
    ROW(66),
    64, 66, 66, 66, 66, 66, 66, 66, 66, 66, 66, 62, 66, 66, 66, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 66, 66, 66, 65, 66, 66,
    66,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 66, 66, 66, 66, 66,
    66, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 66, 66, 66, 66, 66,
    ROW(66), ROW(66), ROW(66), ROW(66), ROW(66), ROW(66), ROW(66), ROW(66),
    /* clang-format on */
};

/* Decodes groups of four base64 digits up to the first group that contains a
** space or another character.  Returns the number of groups. */
static size_t decode_groups(const unsigned char *in, const unsigned char *end,
                            unsigned char *out) {
  size_t count = 0;
  for (; end - in >= 4; in += 4, count++) {
    unsigned a = values[in[0]], b = values[in[1]], c = values[in[2]],
             d = values[in[3]];
    if ((a | b | c | d) >= SPACE) break;
    *out++ = (unsigned char)(a << 2 | b >> 4);
    *out++ = (unsigned char)(b << 4 | c >> 2);
    *out++ = (unsigned char)(c << 6 | d);
  }
  return count;
}

/* Decodes base64 text in place, which is safe because the result is shorter.
** Returns the length of the result, or 0 if the text is malformed. */
static size_t decode(unsigned char *bytes, size_t len) {
  uint32_t bits = 0;
  size_t digits = 0, pads = 0, out = 0;
  for (size_t i = 0; i < len; i++) {
    if (digits % 4 == 0 && pads == 0) {
      size_t groups = decode_groups(bytes + i, bytes + len, bytes + out);
      i += 4 * groups;
      out += 3 * groups;
      if (i == len) break;
    }
    unsigned value = values[bytes[i]];
    if (value == SPACE) continue;
    if (value == PAD) {
      pads++;
      value = 0;
    } else if (value == BAD || pads > 0) {
      return 0;
    }
    bits = bits << 6 | value;
    if (++digits % 4 != 0) continue;
    bytes[out++] = (unsigned char)(bits >> 16);
    bytes[out++] = (unsigned char)(bits >> 8);
    bytes[out++] = (unsigned char)bits;
  }
  return digits % 4 == 0 && pads <= 2 ? out - pads : 0;
}

enum mk_pem mk_pem_next(const char **text, struct mk_buf *der) {
  const char *start = strstr(*text, HEADER);
  if (!start) return MK_PEM_END;
  start += strlen(HEADER);
  const char *end = strstr(start, FOOTER);
  const char *other = strstr(start, HEADER);
  if (!end || (other && other < end)) {
    *text = start;
    return MK_PEM_MALFORMED;
  }
  *text = end + strlen(FOOTER);
  size_t before = der->len, len = (size_t)(end - start);
  if (!mk_buf_add(der, start, len))
    return mk_buf_why(der, len) == EFBIG ? MK_PEM_TOO_LARGE : MK_PEM_NO_MEMORY;
  len = decode((unsigned char *)der->data + before, len);
  der->len = before + len;
  return len > 0 ? MK_PEM_FOUND : MK_PEM_MALFORMED;
}

const unsigned char *mk_der_subject(const unsigned char *der, size_t len,
                                    size_t *subject_len) {
  enum { VERSION = 0xa0 };
  struct mk_der all = {der, der + len}, cert, tbs, skip;
  if (!mk_der_read(&all, MK_DER_SEQUENCE, &cert) ||
      !mk_der_read(&cert, MK_DER_SEQUENCE, &tbs))
    return NULL;
  /* a certificate of version 1 has no version field */
  mk_der_read(&tbs, VERSION, &skip);
  if (!mk_der_read(&tbs, MK_DER_INTEGER, &skip) ||  /* serial number */
      !mk_der_read(&tbs, MK_DER_SEQUENCE, &skip) || /* signature algorithm */
      !mk_der_read(&tbs, MK_DER_SEQUENCE, &skip) || /* issuer */
      !mk_der_read(&tbs, MK_DER_SEQUENCE, &skip))   /* validity */
    return NULL;
  const unsigned char *subject = tbs.at;
  if (!mk_der_read(&tbs, MK_DER_SEQUENCE, &skip)) return NULL;
  *subject_len = (size_t)(tbs.at - subject);
  return subject;
}
