/* pem.h - decodes certificates in PEM.  trust_store.c and verdict.c call this.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_PEM_H
#define MK_HTTP_PEM_H

#include "base/buf.h"

/* The result of mk_pem_next. */
enum mk_pem {
  MK_PEM_END,       /* the text has no further certificate */
  MK_PEM_FOUND,     /* the DER bytes were appended */
  MK_PEM_MALFORMED, /* the next certificate may be good */
  MK_PEM_TOO_LARGE, /* the size limit of the buffer was reached */
  MK_PEM_NO_MEMORY,
};

/* Decodes the next certificate at or after *text and appends its DER bytes to
** `der`.  Moves *text behind the certificate, also if it is malformed. */
enum mk_pem mk_pem_next(const char **text, struct mk_buf *der);

/* Finds the subject in the DER bytes of a certificate (`len` bytes).  Returns
** the subject's DER bytes with tag and length, and sets `subject_len`.  Returns
** NULL if the bytes do not have the structure of a certificate. */
const unsigned char *mk_der_subject(const unsigned char *der, size_t len,
                                    size_t *subject_len);

#endif
