/* error.h - why no answer arrived, in words and as a code.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_ERROR_H
#define MK_HTTP_ERROR_H

#include <stdbool.h>
#include <stddef.h>

struct mk_verdict;

struct mk_http_facts {
  int curl;              /* the CURLcode */
  const char *curl_text; /* what libcurl says, maybe "" */
  bool sent;             /* a connection stood, sending had begun */
  bool resend;           /* stopped before it was sent a second time */
  bool refused;          /* and the last time the server did not look at it */
  bool proxied;
  bool identified;           /* it has a client certificate */
  bool head_full, body_full; /* a ceiling was reached */
  bool no_memory;            /* for the answer */
  const char *packed_wrong;  /* with its Content-Encoding, or NULL */
  double elapsed, timeout, connect_timeout;
  size_t max_body, max_headers;
  const struct mk_verdict *verdict;
};

/* Returns the code (a constant) and writes the sentence. */
const char *mk_http_explain(const struct mk_http_facts *f, char *text,
                            size_t size);

#endif
