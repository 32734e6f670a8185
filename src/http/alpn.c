/* alpn.c - reads the list of protocols (ALPN) that mkrun offers in a TLS
** handshake.
** SPDX-License-Identifier: MIT */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include "http/alpn.h"

#include <mbedtls/ssl.h>
#include <string.h>

bool mk_alpn_offers_http2(const void *ssl_config) {
  const mbedtls_ssl_config *config = ssl_config;
  for (const char **p = config->alpn_list; p && *p; p++)
    if (!strcmp(*p, "h2")) return true;
  return false;
}
