/* der.c - reads DER, the format of certificates.  Never reads past the end of
** the bytes.
** SPDX-License-Identifier: MIT */
#include "http/der.h"

#include <string.h>

/* Reads a length and moves `d` behind the length.  Returns false for a length
** of more than four bytes and for the indefinite length, which DER forbids. */
static bool read_length(struct mk_der *d, size_t *len) {
  if (d->at == d->end) return false;
  *len = *d->at++;
  if (!(*len & 0x80)) return true;
  size_t bytes = *len & 0x7f;
  if (bytes < 1 || bytes > 4 || mk_der_left(d) < bytes) return false;
  for (*len = 0; bytes > 0; bytes--) *len = *len << 8 | *d->at++;
  return true;
}

bool mk_der_next(struct mk_der *d, unsigned char *tag, struct mk_der *inside) {
  struct mk_der rest = *d;
  size_t len;
  if (rest.at == rest.end) return false;
  *tag = *rest.at++;
  if (!read_length(&rest, &len) || mk_der_left(&rest) < len) return false;
  inside->at = rest.at;
  inside->end = rest.at + len;
  d->at = rest.at + len;
  return true;
}

bool mk_der_read(struct mk_der *d, unsigned char tag, struct mk_der *inside) {
  unsigned char found;
  return d->at < d->end && *d->at == tag && mk_der_next(d, &found, inside);
}

bool mk_der_is(const struct mk_der *d, const void *bytes, size_t len) {
  return mk_der_left(d) == len && (len == 0 || !memcmp(d->at, bytes, len));
}

bool mk_der_extension(struct mk_der extensions, const void *oid, size_t len,
                      struct mk_der *value) {
  enum { BOOLEAN = 0x01 };
  struct mk_der list, one, id, critical, octets;
  if (!mk_der_read(&extensions, MK_DER_SEQUENCE, &list)) return false;
  while (mk_der_read(&list, MK_DER_SEQUENCE, &one)) {
    if (!mk_der_read(&one, MK_DER_OID, &id)) return false;
    /* the boolean `critical` is optional */
    mk_der_read(&one, BOOLEAN, &critical);
    if (!mk_der_read(&one, MK_DER_OCTETS, &octets)) return false;
    if (!mk_der_is(&id, oid, len)) continue;
    *value = octets;
    return true;
  }
  return false;
}
