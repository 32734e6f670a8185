/* request.h - an HTTP exchange: one request and its response.
**
** The Lua binding (src/lua/) creates an exchange and reads the response.
** mk_loop_start (loop.h) runs the exchange.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_REQUEST_H
#define MK_HTTP_REQUEST_H

#include "http/request_options.h"
#include "http/session.h"

#include <stdbool.h>
#include <stddef.h>

struct mk_certificate; /* defined in verdict.h */

/* opaque: an exchange, with its curl handle, header list and buffers */
struct mk_http;

/* times in seconds since the exchange began; 0: unknown */
struct mk_http_time {
  double connect, tls, first_byte, total;
};

struct mk_http_field { /* a header field; the strings are not NUL-terminated */
  const char *name, *value;
  size_t name_len, value_len;
};

/* Returns a new exchange, or NULL if out of memory.  Free the exchange with
** mk_http_free before `env` is freed. */
struct mk_http *mk_http_new(struct mk_http_session *env);

/* Makes a new exchange of one that has ended.  It keeps the curl handle and the
** buffers.  Returns false if the exchange cannot be used again.  Then free it
** with mk_http_free. */
bool mk_http_renew(struct mk_http *h);

/* Frees an exchange that is not in the event loop.  `h` may be NULL. */
void mk_http_free(struct mk_http *h);

/* Returns the reason why a script must not send this header field, or NULL. */
const char *mk_http_check_field(const struct mk_http_field *f);

/* Adds a header field to the request.  Returns false if out of memory. */
bool mk_http_add_field(struct mk_http *h, const struct mk_http_field *f);

/* Adds the header field Content-Type unless the request already has this field.
** Returns false if out of memory. */
bool mk_http_default_type(struct mk_http *h, const char *type);

/* Checks the URL and the token, reads the client certificate and sets up the
** curl handle.  Returns false if the request cannot be sent.  Then
** mk_http_error returns the reason. */
bool mk_http_prepare(struct mk_http *h, const struct mk_http_opts *o);

/* Returns the CURL handle, for the event loop. */
void *mk_http_handle(struct mk_http *h);

/* Stores a pointer for the event loop: the struct mk_transfer of this
** exchange. */
void mk_http_set_owner(struct mk_http *h, void *owner);

/* Returns the pointer that mk_http_set_owner stored. */
void *mk_http_owner(const struct mk_http *h);

/* Returns true if the exchange can be given to libcurl, or if the exchange has
** failed (see mk_http_error).  Returns false while the exchange must wait for
** the first exchange with the same server (site.h).  `now` is in seconds, of
** any clock that never jumps. */
bool mk_http_enter(struct mk_http *h, double now);

/* Call this function when libcurl has finished with the CURLcode `curl_code`.
** Returns true if libcurl must run the exchange again, because of a
** redirect. */
bool mk_http_again(struct mk_http *h, int curl_code);

/* Call this function after curl_multi_remove_handle.  Other exchanges no longer
** wait for this exchange. */
void mk_http_leave(struct mk_http *h);

/* Returns NULL if a response arrived, with any status code.  Otherwise returns
** an error message. */
const char *mk_http_error(const struct mk_http *h);

/* Returns the error code for the same reason, such as "timeout".  Returns NULL
** if a response arrived. */
const char *mk_http_code(const struct mk_http *h);

/* Makes an exchange fail with this code (a constant) and message (copied). */
void mk_http_fail(struct mk_http *h, const char *code, const char *text);

/* Returns the URL for messages, without user and query.  Returns "" before
** mk_http_prepare.  The text is valid as long as the exchange. */
const char *mk_http_shown_url(const struct mk_http *h);

/* Returns the URL of the last request (after redirects), without user and
** password.  Returns "" before mk_http_prepare. */
const char *mk_http_url(const struct mk_http *h);

/* The functions below read the response.  Their results are valid as long as
** the exchange. */
int mk_http_status(const struct mk_http *h);
const char *mk_http_version(const struct mk_http *h);
const char *mk_http_body(const struct mk_http *h, size_t *len);
/* number of bytes of the body as received, before decompression */
size_t mk_http_bytes(const struct mk_http *h);
struct mk_http_time mk_http_time(const struct mk_http *h);

/* Returns the server's certificate.  Returns NULL if the connection does not
** use TLS, or if an earlier exchange opened the connection. */
const struct mk_certificate *mk_http_certificate(const struct mk_http *h);

/* Returns the status line and the header fields as received.  Sets `len` to
** their length in bytes. */
const char *mk_http_head(const struct mk_http *h, size_t *len);

/* Reads the next header field of `head`.  `*at` is NULL for the first call.
** Returns false if there are no more fields. */
bool mk_http_next_field(const char *head, size_t len, const char **at,
                        struct mk_http_field *f);

#endif
