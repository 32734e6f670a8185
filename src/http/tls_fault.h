/* tls_fault.h - says why a TLS handshake failed, from mbedTLS's error number.
** error.c calls this.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TLS_FAULT_H
#define MK_HTTP_TLS_FAULT_H

#include <stdbool.h>

/* What is known when a TLS connection fails. */
struct mk_tls_facts {
  const char *curl_text; /* the message of libcurl, with the error number */
  bool believed;         /* the server's certificate was accepted */
  bool identified;       /* the request has a client certificate */
};

/* Returns a sentence that says why the handshake failed.  Returns NULL if the
** text contains no known number. */
const char *mk_tls_fault(const struct mk_tls_facts *f);

/* In TLS 1.3 the server checks a client certificate after the client's
** handshake has ended, and the client may have sent its request.  Returns a
** sentence if the server refused the certificate at that time, or NULL. */
const char *mk_tls_late_refusal(const struct mk_tls_facts *f);

/* Returns true if the connection was closed during the handshake. */
bool mk_tls_is_lost(const char *curl_text);

/* Returns a sentence that says why TLS failed while the response was read, or
** NULL if reading was not the problem. */
const char *mk_tls_read_fault(const char *curl_text);

#endif
