/* client_cert.h - reads and checks a client certificate and its key.
** request_setup.c calls this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_CLIENT_CERT_H
#define MK_HTTP_CLIENT_CERT_H

#include "base/buf.h"

struct mk_client_cert {
  /* PEM text of the certificate, then a line that is different for each key */
  struct mk_buf cert;
  /* PEM text of the key; mk_client_cert_free wipes the text */
  struct mk_buf key;
};

/* Reads the files `cert` and `key` (paths, which may be the same).  Returns
** NULL, or the code of the failure: "tls" or "memory".  `error` (`size` bytes)
** then contains a message.  Free `id` with mk_client_cert_free in both cases.
*/
const char *mk_client_cert_load(struct mk_client_cert *id, const char *cert,
                                const char *key, char *error, size_t size);

/* Wipes and frees the certificate and the key. */
void mk_client_cert_free(struct mk_client_cert *id);

#endif
