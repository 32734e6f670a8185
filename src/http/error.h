/* error.h - finds out why no response arrived: returns a message and a code.
** request.c calls this file when an exchange (one request and its response)
** fails.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_ERROR_H
#define MK_HTTP_ERROR_H

#include <stdbool.h>
#include <stddef.h>

struct mk_verdict;

/* The facts that are known when an exchange ends without a response. */
struct mk_http_facts {
  int curl;              /* the CURLcode of libcurl */
  const char *curl_text; /* the message of libcurl, or "" */
  /* the connection was ready and libcurl began to send the request */
  bool sent;
  bool resend; /* mkrun stopped before sending the request a second time */
  /* the server refused the request, as last sent, without reading it */
  bool refused;
  bool proxied;              /* a proxy was used */
  bool identified;           /* the request has a client certificate */
  bool head_full, body_full; /* the response exceeded max_headers or max_body */
  bool no_memory;            /* mkrun ran out of memory for the response */
  /* what is wrong with the compressed body, or NULL */
  const char *packed_wrong;
  double elapsed, timeout, connect_timeout; /* times in seconds */
  size_t max_body, max_headers;             /* limits in bytes */
  const struct mk_verdict *verdict;
};

/* Writes the message into `text` (`size` bytes).  Returns the code, a constant
** string such as "timeout" or "tls". */
const char *mk_http_explain(const struct mk_http_facts *f, char *text,
                            size_t size);

#endif
