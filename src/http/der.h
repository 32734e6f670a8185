/* der.h - reads DER, the format of certificates.  Never reads past the end of
** the bytes.  The files that check certificates call this file.
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

/* A range of DER bytes that are not read yet. */
struct mk_der {
  const unsigned char *at, *end;
};

/* Returns the number of bytes that are not read yet. */
static inline size_t mk_der_left(const struct mk_der *d) {
  return (size_t)(d->end - d->at);
}

/* Reads one element: its tag, its length and its content.  Sets `inside` to the
** content and moves `d` behind the element.  Returns false, and does not move
** `d`, if the element does not end within `d`. */
bool mk_der_next(struct mk_der *d, unsigned char *tag, struct mk_der *inside);

/* Reads one element like mk_der_next.  Returns false, and does not move `d`, if
** the element has another tag. */
bool mk_der_read(struct mk_der *d, unsigned char tag, struct mk_der *inside);

/* Returns true if `d` consists of exactly the `len` bytes at `bytes`. */
bool mk_der_is(const struct mk_der *d, const void *bytes, size_t len);

/* Finds an extension in the DER bytes of Extensions (RFC 5280).  `oid` is the
** content of the extension's OBJECT IDENTIFIER, `len` bytes.  Sets `value` to
** the content of its OCTET STRING.  Returns false if there is no such
** extension. */
bool mk_der_extension(struct mk_der extensions, const void *oid, size_t len,
                      struct mk_der *value);

#endif
