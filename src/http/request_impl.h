/* request_impl.h - the private part of an exchange.
**
** Only request.c, the request_ files and redirect.c include this.  All others
** include request.h.
**
** A hop is one request of the exchange: each redirect makes another hop.  The
** first exchange with a server finds out its address and protocol; other
** exchanges may have to wait for that (site.h).
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

/* How to treat the response body.  Decided when its first bytes arrive. */
enum mk_unpacking { MK_UNDECIDED, MK_AS_IT_IS, MK_UNPACK, MK_CANNOT_UNPACK };

struct mk_http {
  CURL *easy;
  struct curl_slist *fields;         /* fields of the script, then our own */
  struct curl_slist **fields_end;    /* link to our own fields, or NULL */
  struct curl_slist encoding, agent; /* our own fields */
  void *owner;                       /* the transfer of the event loop */
  struct mk_http_session *env;
  struct mk_site *site;
  struct mk_http_opts opts; /* its strings are invalid, except the body */
  struct mk_url url;
  struct mk_client_cert identity;
  struct mk_verdict verdict;
  struct mk_buf head, body;
  enum mk_unpacking unpacking;
  struct mk_packed packed;
  bool head_ended;                      /* the last header line was empty */
  bool head_whole;                      /* the header in `head` is complete */
  bool head_full, body_full, no_memory; /* why a callback stopped */
  bool has_type;                        /* the script set Content-Type */
  bool has_encoding;                    /* the script set Accept-Encoding */
  bool has_agent;                       /* the script set User-Agent */
  bool has_authorization;               /* the script set Authorization */
  bool read_only;   /* GET or HEAD: redirects may be followed */
  int hops;         /* redirects followed */
  int sendings;     /* how often libcurl began to send this hop */
  bool resend;      /* stopped before an unsafe second sending */
  bool refused;     /* the server refused the last sending unread */
  bool downgraded;  /* libcurl changed from HTTP/2 to HTTP/1.1 */
  long refusal;     /* the last number of mk_http_note_refusal */
  double waits;     /* when the wait for the first exchange began, or 0 */
  unsigned ends;    /* site->ends when the wait began */
  double spent;     /* seconds of the earlier hops */
  const char *code; /* NULL: no error */
  char error[512];
  char curl_error[CURL_ERROR_SIZE];
};

/* False if libcurl cannot set the option. */
#define MK_SET(h, option, value)                                               \
  (curl_easy_setopt((h)->easy, option, value) == CURLE_OK)

/* Sets the options that are the same for all exchanges.  Returns false if
** libcurl cannot set an option. */
bool mk_http_set_always(struct mk_http *h);

/* Returns true if the field has this name, in any case. */
bool mk_http_is_named(const struct mk_http_field *f, const char *name);

/* Callback of libcurl: keeps the next bytes of the body. */
size_t mk_http_on_body(char *bytes, size_t size, size_t n, void *arg);

/* Appends bytes to a buffer of the exchange.  Returns false if the buffer is
** full, and sets `full`, or if out of memory, and sets h->no_memory. */
bool mk_http_keep(struct mk_http *h, struct mk_buf *buf, const char *bytes,
                  size_t len, bool *full);

/* Callback of libcurl: the server's address was found and a socket opened. */
int mk_http_on_socket(void *arg, curl_socket_t fd, curlsocktype purpose);

/* Makes libcurl keep all addresses that it has found.  Otherwise libcurl would
** drop them when an exchange ends that asked for a new lookup. */
void mk_http_keep_addresses(struct mk_http *h);

/* If the server's name was not found, makes the exchanges that wait for that
** name fail, too.  `curl_code` is the CURLcode of this exchange. */
void mk_http_share_failure(struct mk_http *h, int curl_code);

/* Sets h->refused if the server refused the request unread since the last call.
** A patch of libcurl reports that as a negative OS error number, a new one for
** each refusal. */
void mk_http_note_refusal(struct mk_http *h);

/* Sets the code and the message that say why no response arrived. */
void mk_http_explain_end(struct mk_http *h, int curl_code);

/* Returns the seconds that libcurl has spent on the current hop. */
double mk_http_hop_time(const struct mk_http *h);

/* Prepares the exchange for the hop that the response redirects to.  Returns
** false if the response is none that is followed. */
bool mk_http_follow(struct mk_http *h);

/* Sets the URL and the time limit of the next hop.  Returns false if libcurl
** cannot set an option. */
bool mk_http_set_hop(struct mk_http *h);

#endif
