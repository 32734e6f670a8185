/* pem.h - certificates in text form, quickly: nothing in here is secret.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_PEM_H
#define MK_HTTP_PEM_H

#include "base/buf.h"

/* Decodes the next certificate at or after *text, appends its DER bytes to
** `der`, and moves *text behind it.  1 done, 0 no more, -1 malformed (*text
** has moved all the same), -2 out of memory or above the ceiling of `der`. */
int mk_pem_next(const char **text, struct mk_buf *der);

/* Finds the subject's DER bytes (tag and length included) in a certificate;
** NULL when it is not shaped like one. */
const unsigned char *mk_der_subject(const unsigned char *der, size_t len,
                                    size_t *subject_len);

#endif
