/* request_options.h - the options of a request.  lua/http_options.c reads them
** from a Lua table.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_REQUEST_OPTIONS_H
#define MK_HTTP_REQUEST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct mk_http_opts {
  const char *url;
  const char *method;
  /* body of the request, or NULL; must be valid as long as the exchange */
  const char *body;
  size_t body_len;
  double timeout, connect_timeout; /* limits in seconds, above 0 */
  size_t max_body, max_headers;    /* limits in bytes */
  int redirects;           /* limit for the number of redirects to follow */
  const char *client_cert; /* path of a PEM file, or NULL */
  /* path of a PEM file; NULL: the file client_cert contains the key, too */
  const char *client_key;
  const char *token; /* or NULL */
  /* how the token is sent: see credential.h; NULL: as a bearer token */
  const char *token_as;
  /* origin to which the token may be sent; NULL: any origin */
  const char *token_origin;
  /* the body has a secret; `secret_origin` is as `token_origin` */
  bool has_secret;
  const char *secret_origin;
  bool safe; /* true if the request may be sent twice */
};

#endif
