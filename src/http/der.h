/* der.h - reading what certificates are written in, within its bounds.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_DER_H
#define MK_HTTP_DER_H

#include <stdbool.h>
#include <stddef.h>

enum {
  MK_DER_INTEGER = 0x02,
  MK_DER_OCTETS = 0x04,
  MK_DER_OID = 0x06,
  MK_DER_UTF8 = 0x0c,
  MK_DER_PRINTABLE = 0x13,
  MK_DER_T61 = 0x14,
  MK_DER_IA5 = 0x16,
  MK_DER_VISIBLE = 0x1a,
  MK_DER_UNIVERSAL = 0x1c,
  MK_DER_BMP = 0x1e,
  MK_DER_SEQUENCE = 0x30,
  MK_DER_SET = 0x31,
};

/* Bytes that are still to be read. */
struct mk_der {
  const unsigned char *at, *end;
};

static inline size_t mk_der_left(const struct mk_der *d) {
  return (size_t)(d->end - d->at);
}

/* Reads a tag and a length: `inside` is the content, `d` moves behind it.
** False, and `d` has not moved, when they go beyond the bytes. */
bool mk_der_next(struct mk_der *d, unsigned char *tag, struct mk_der *inside);

/* The same for an element that has to have this tag. */
bool mk_der_read(struct mk_der *d, unsigned char tag, struct mk_der *inside);

/* Are these the very bytes? */
bool mk_der_is(const struct mk_der *d, const void *bytes, size_t len);

/* Finds an extension in the DER bytes of Extensions; `value` is what its OCTET
** STRING holds.  `oid` is the content of the OBJECT IDENTIFIER. */
bool mk_der_extension(struct mk_der extensions, const void *oid, size_t len,
                      struct mk_der *value);

#endif
