/* pem.h - certificates in text form, quickly: nothing in here is secret.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_PEM_H
#define MK_HTTP_PEM_H

#include "base/buf.h"

enum mk_pem {
  MK_PEM_END,       /* no more */
  MK_PEM_FOUND,     /* its bytes are there */
  MK_PEM_MALFORMED, /* the next one may be good */
  MK_PEM_TOO_LARGE, /* above the ceiling */
  MK_PEM_NO_MEMORY,
};

/* Decodes the next certificate at or after *text, appends its DER bytes to
** `der`, and moves *text behind it, also when it is malformed. */
enum mk_pem mk_pem_next(const char **text, struct mk_buf *der);

/* Finds the subject's DER bytes (tag and length included) in a certificate;
** NULL when it is not shaped like one. */
const unsigned char *mk_der_subject(const unsigned char *der, size_t len,
                                    size_t *subject_len);

#endif
