/* tls_fault.h - why a handshake failed, by the numbers of mbedTLS.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TLS_FAULT_H
#define MK_HTTP_TLS_FAULT_H

#include <stdbool.h>

struct mk_tls_facts {
  const char *curl_text; /* which has the number in it */
  bool believed;         /* the server's certificate was seen, and is good */
  bool identified;       /* the request has a client certificate */
};

/* Why there was no handshake: a sentence, or NULL when no known number is in
** the text. */
const char *mk_tls_fault(const struct mk_tls_facts *f);

/* TLS 1.3 has the server look at a client certificate when the client is done
** already, and may have sent its request.  A sentence when that was what the
** server did not like, or NULL. */
const char *mk_tls_late_refusal(const struct mk_tls_facts *f);

/* Was the connection lost in the handshake, before anything was said? */
bool mk_tls_is_lost(const char *curl_text);

/* Why an answer was not read to its end, or NULL. */
const char *mk_tls_read_fault(const char *curl_text);

#endif
