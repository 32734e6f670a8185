/* request_impl.h - the inside of an exchange.
**
** For request.c and the request_ files alone; request.h is for the others.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_REQUEST_IMPL_H
#define MK_HTTP_REQUEST_IMPL_H

#include "base/buf.h"
#include "http/client_cert.h"
#include "http/packed.h"
#include "http/request_options.h"
#include "http/site.h"
#include "http/url.h"
#include "http/verdict.h"

#include <curl/curl.h>

/* What is done with the body of the answer; its first bytes decide. */
enum mk_unpacking { MK_UNDECIDED, MK_AS_IT_IS, MK_UNPACK, MK_CANNOT_UNPACK };

struct mk_http {
  CURL *easy;
  struct curl_slist *fields;      /* of the script, then those of our own */
  struct curl_slist **fields_end; /* where the latter begin, once they do */
  struct curl_slist encoding, agent;
  void *owner;
  struct mk_http_session *env;
  struct mk_site *site;
  struct mk_http_opts opts; /* numbers and the body; the strings are gone */
  struct mk_url url;
  struct mk_client_cert identity;
  struct mk_verdict verdict;
  struct mk_buf head, body;
  enum mk_unpacking unpacking;
  struct mk_packed packed;
  bool head_ended; /* the last line of the header was empty */
  bool head_whole; /* such a line has come, for the answer that is kept */
  bool head_full, body_full, no_memory;
  bool has_type, has_encoding; /* Content-Type, Accept-Encoding were given */
  bool has_agent;              /* and User-Agent */
  bool has_authorization;      /* and this one, beside the token's own */
  bool read_only;              /* GET or HEAD: redirects may be followed */
  int hops;                    /* redirects followed */
  int sendings;                /* how often curl began to send this hop */
  bool resend;
  bool refused;     /* the server says that it did not look at it */
  bool downgraded;  /* so that HTTP/1.1 is used */
  long refusal;     /* libcurl's number for that */
  double waits;     /* since when for the first one, 0 if it does not */
  unsigned ends;    /* of first ones, when it began to wait */
  double spent;     /* seconds of the hops before this one */
  const char *code; /* NULL: no error */
  char error[512];
  char curl_error[CURL_ERROR_SIZE];
};

/* Is false when a curl option cannot be set. */
#define MK_SET(h, option, value)                                               \
  (curl_easy_setopt((h)->easy, option, value) == CURLE_OK)

/* Sets what is the same for all exchanges.  False when an option cannot be
** set. */
bool mk_http_set_always(struct mk_http *h);

/* Returns true if the field has this name, in any case. */
bool mk_http_is_named(const struct mk_http_field *f, const char *name);

/* For libcurl: takes the next bytes of the body. */
size_t mk_http_on_body(char *bytes, size_t size, size_t n, void *arg);

/* False when the buffer takes no more: the ceiling, or memory. */
bool mk_http_keep(struct mk_http *h, struct mk_buf *buf, const char *bytes,
                  size_t len, bool *full);

/* For libcurl: when it has found an address. */
int mk_http_on_socket(void *arg, curl_socket_t fd, curlsocktype purpose);

/* Has libcurl look up no more names for this exchange, and keep those that it
** has: at its end it would drop what is older than the exchange allows. */
void mk_http_keep_addresses(struct mk_http *h);

/* When that was because the name was not found, all who wait for it hear. */
void mk_http_share_failure(struct mk_http *h, int curl_code);

/* Notes whether the server refused it since the last time: our patch of libcurl
** tells by a number. */
void mk_http_note_refusal(struct mk_http *h);

/* Notes why no answer arrived. */
void mk_http_explain_end(struct mk_http *h, int curl_code);

/* Sets URL and time limit of the hop that comes next. */
bool mk_http_set_hop(struct mk_http *h);

#endif
