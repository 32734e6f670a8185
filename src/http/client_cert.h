/* client_cert.h - a client certificate and its key.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_CLIENT_CERT_H
#define MK_HTTP_CLIENT_CERT_H

#include "base/buf.h"

struct mk_client_cert {
  struct mk_buf cert; /* PEM, and a line that differs for each key */
  struct mk_buf key;  /* PEM; wiped by mk_client_cert_free */
};

/* Reads both files.  NULL, or the code of the failure, "tls" or "memory", with
** a sentence in `error`.  Either way `id` has to be given to
** mk_client_cert_free. */
const char *mk_client_cert_load(struct mk_client_cert *id, const char *cert,
                                const char *key, char *error, size_t size);

void mk_client_cert_free(struct mk_client_cert *id);

#endif
