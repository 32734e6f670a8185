/* alpn.h - reads the list of protocols (ALPN) that mkrun offers in a TLS
** handshake.  request_setup.c calls this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_ALPN_H
#define MK_HTTP_ALPN_H

#include <stdbool.h>

/* Returns true if the handshake will offer HTTP/2.  `ssl_config` is an
** mbedtls_ssl_config.  Call this function before the handshake. */
bool mk_alpn_offers_http2(const void *ssl_config);

#endif
