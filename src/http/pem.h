/* pem.h - decodes certificates in PEM.  trust_store.c and verdict.c call this
** file.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_PEM_H
#define MK_HTTP_PEM_H

#include "base/buf.h"

/* The result of mk_pem_next. */
enum mk_pem {
  MK_PEM_END,   /* the text has no more certificates */
  MK_PEM_FOUND, /* a certificate was found and its DER bytes were appended */
  /* the certificate is malformed; the next certificate may be good */
  MK_PEM_MALFORMED,
  MK_PEM_TOO_LARGE, /* the size limit of the buffer was reached */
  MK_PEM_NO_MEMORY,
};

/* Decodes the next certificate at or after *text and appends its DER bytes to
** `der`.  Moves *text behind the certificate, even if the certificate is
** malformed. */
enum mk_pem mk_pem_next(const char **text, struct mk_buf *der);

/* Finds the subject in the DER bytes of a certificate (`len` bytes).  Returns
** the subject's DER bytes with tag and length, and sets `subject_len`.  Returns
** NULL if the bytes do not have the structure of a certificate. */
const unsigned char *mk_der_subject(const unsigned char *der, size_t len,
                                    size_t *subject_len);

#endif
