/* request_impl.h - the private part of an exchange.
**
** Only request.c, request_*.c and redirect.c include this file.  All other
** files include request.h.
**
** A hop is one request of the exchange.  Each redirect adds another hop.  The
** first exchange with a server finds out the address and the protocol of the
** server.  Other exchanges may have to wait for the first exchange (site.h).
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

/* The treatment of the response body.  It is decided when the first bytes of
** the body arrive. */
enum mk_unpacking { MK_UNDECIDED, MK_AS_IT_IS, MK_UNPACK, MK_CANNOT_UNPACK };

struct mk_http {
  CURL *easy;
  /* header fields of the script, then mkrun's own fields */
  struct curl_slist *fields;
  /* link to mkrun's own header fields, or NULL */
  struct curl_slist **fields_end;
  struct curl_slist encoding, agent; /* mkrun's own header fields */
  void *owner; /* the struct mk_transfer of this exchange in the event loop */
  struct mk_http_session *env;
  struct mk_site *site;
  /* options of the request; only the string `body` is still valid */
  struct mk_http_opts opts;
  struct mk_url url;
  struct mk_client_cert identity;
  struct mk_verdict verdict;
  struct mk_buf head, body;
  enum mk_unpacking unpacking;
  struct mk_packed packed;
  bool head_ended; /* the last header line received was empty */
  bool head_whole; /* `head` contains a complete header */
  bool head_full, body_full, no_memory; /* the reasons why a callback stopped */
  bool has_type;                        /* the script set Content-Type */
  bool has_encoding;                    /* the script set Accept-Encoding */
  bool has_agent;                       /* the script set User-Agent */
  bool read_only; /* GET or HEAD: redirects may be followed */
  int hops;       /* number of redirects followed */
  int sendings;   /* number of times that libcurl began to send this hop */
  bool resend;    /* mkrun stopped before an unsafe second sending */
  /* the server refused the request, as last sent, without reading it */
  bool refused;
  /* libcurl changed from HTTP/2 to HTTP/1.1 for this request */
  bool downgraded;
  long refusal;     /* the last refusal number that mk_http_note_refusal read */
  double waits;     /* time when the wait for the first exchange began, or 0 */
  unsigned ends;    /* value of site->ends when the wait began */
  double spent;     /* time that earlier hops took, in seconds */
  const char *code; /* error code; NULL: no error */
  char error[512];
  char curl_error[CURL_ERROR_SIZE];
};

/* Sets an option of libcurl.  The result is false if libcurl cannot set the
** option. */
#define MK_SET(h, option, value)                                               \
  (curl_easy_setopt((h)->easy, option, value) == CURLE_OK)

/* Sets the options that are the same for all exchanges.  Returns false if
** libcurl cannot set an option. */
bool mk_http_set_always(struct mk_http *h);

/* Returns true if the field has this name, in upper or lower case. */
bool mk_http_is_named(const struct mk_http_field *f, const char *name);

/* libcurl calls this function with the next bytes of the body. */
size_t mk_http_on_body(char *bytes, size_t size, size_t n, void *arg);

/* Appends bytes to a buffer of the exchange.  If the buffer is full, sets
** `full` and returns false.  If out of memory, sets h->no_memory and returns
** false. */
bool mk_http_keep(struct mk_http *h, struct mk_buf *buf, const char *bytes,
                  size_t len, bool *full);

/* libcurl calls this function after it found the server's address and opened a
** socket. */
int mk_http_on_socket(void *arg, curl_socket_t fd, curlsocktype purpose);

/* Makes libcurl keep all addresses in its cache.  Otherwise libcurl would drop
** the addresses at the end of an exchange that asked for a new lookup. */
void mk_http_keep_addresses(struct mk_http *h);

/* If the name of the server was not found, makes the exchanges that wait for
** the same lookup fail, too.  `curl_code` is the CURLcode of this exchange. */
void mk_http_share_failure(struct mk_http *h, int curl_code);

/* Sets h->refused if, since the last call, the server refused a request without
** reading it.  A patch of libcurl reports each refusal by a new negative number
** in place of the OS error number. */
void mk_http_note_refusal(struct mk_http *h);

/* Sets the error code and the error message of an exchange without a response.
** `curl_code` is the CURLcode of libcurl. */
void mk_http_explain_end(struct mk_http *h, int curl_code);

/* Returns the time that the current hop has taken, in seconds. */
double mk_http_hop_time(const struct mk_http *h);

/* Prepares the exchange for the hop that the response redirects to.  Returns
** false if the response is not a redirect that mkrun follows. */
bool mk_http_follow(struct mk_http *h);

/* Sets the URL and the time limit of the next hop.  Returns false if libcurl
** cannot set an option. */
bool mk_http_set_hop(struct mk_http *h);

#endif
