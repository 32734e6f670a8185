/* error.h - says why no response arrived, as a sentence and as a code.
** request.c calls this when an exchange (one request and its response) fails.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_ERROR_H
#define MK_HTTP_ERROR_H

#include <stdbool.h>
#include <stddef.h>

struct mk_verdict;

/* What is known when an exchange ends without a response. */
struct mk_http_facts {
  int curl;              /* the CURLcode */
  const char *curl_text; /* the message of libcurl, or "" */
  bool sent;             /* connected, and began to send the request */
  bool resend;           /* stopped before the request was sent a second time */
  bool refused;          /* the server refused the last sending unread */
  bool proxied;          /* a proxy was used */
  bool identified;       /* the request has a client certificate */
  bool head_full, body_full; /* max_headers or max_body was reached */
  bool no_memory;            /* out of memory for the response */
  const char *packed_wrong;  /* what is wrong with the packed body, or NULL */
  double elapsed, timeout, connect_timeout; /* seconds */
  size_t max_body, max_headers;             /* bytes */
  const struct mk_verdict *verdict;
};

/* Writes a sentence into `text` (`size` bytes).  Returns the code, such as
** "timeout" or "tls"; the code is a constant. */
const char *mk_http_explain(const struct mk_http_facts *f, char *text,
                            size_t size);

#endif
