/* client_cert.h - a client certificate and its key.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_CLIENT_CERT_H
#define MK_HTTP_CLIENT_CERT_H

#include "base/buf.h"

struct mk_identity {
  struct mk_buf cert; /* PEM, and a line that differs for each key */
  struct mk_buf key;  /* PEM; wiped by mk_identity_free */
};

/* Reads both files; false with a sentence in `error`.  Either way `id` has to
** be given to mk_identity_free. */
bool mk_identity_load(struct mk_identity *id, const char *cert, const char *key,
                      char *error, size_t size);

void mk_identity_free(struct mk_identity *id);

#endif
