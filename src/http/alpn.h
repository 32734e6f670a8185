/* alpn.h - the protocols that a TLS handshake offers.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_ALPN_H
#define MK_HTTP_ALPN_H

#include <stdbool.h>

/* Before the handshake of an mbedtls_ssl_config: will HTTP/2 be offered? */
bool mk_alpn_offers_http2(const void *ssl_config);

#endif
