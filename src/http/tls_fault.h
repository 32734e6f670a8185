/* tls_fault.h - returns the reason why a TLS handshake failed, from the error
** number of mbedTLS.  error.c calls this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TLS_FAULT_H
#define MK_HTTP_TLS_FAULT_H

#include <stdbool.h>

/* The facts that are known when a TLS connection fails. */
struct mk_tls_facts {
  const char *curl_text; /* the message of libcurl, with the error number */
  bool believed;         /* mkrun accepted the server's certificate */
  bool identified;       /* the request has a client certificate */
};

/* Returns the reason why the handshake failed.  Returns NULL if the message of
** libcurl contains no known error number. */
const char *mk_tls_fault(const struct mk_tls_facts *f);

/* In TLS 1.3 the server checks a client certificate after the client's
** handshake has ended, and the client may already have sent its request.
** Returns the reason if the server refused the certificate at that time.
** Otherwise returns NULL. */
const char *mk_tls_late_refusal(const struct mk_tls_facts *f);

/* Returns true if the connection was closed during the handshake. */
bool mk_tls_is_lost(const char *curl_text);

/* Returns the reason why TLS failed while libcurl read the response.  Returns
** NULL if TLS did not fail while reading. */
const char *mk_tls_read_fault(const char *curl_text);

#endif
