/* request_options.h - what a request may be told.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_REQUEST_OPTIONS_H
#define MK_HTTP_REQUEST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct mk_http_opts {
  const char *url;
  const char *method;
  const char *body; /* NULL for none; has to outlive the exchange */
  size_t body_len;
  double timeout, connect_timeout; /* seconds, above 0 */
  size_t max_body, max_headers;    /* bytes */
  int redirects;                   /* how many are followed; 0 none */
  const char *client_cert;         /* path of a PEM file, or NULL */
  const char *client_key;          /* NULL: it is in client_cert */
  const char *token;               /* bearer token, or NULL */
  const char *token_origin;        /* its only origin, or NULL */
  bool safe;                       /* may be sent twice */
};

#endif
