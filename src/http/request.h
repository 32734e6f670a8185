/* request.h - one HTTP exchange: a request and its response.
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

struct mk_certificate; /* verdict.h */

struct mk_http; /* opaque: a curl handle, its header list and its buffers */

struct mk_http_time { /* seconds since the exchange began; 0: unknown */
  double connect, tls, first_byte, total;
};

struct mk_http_field { /* a header field; not NUL-terminated */
  const char *name, *value;
  size_t name_len, value_len;
};

/* Returns a new exchange, or NULL if out of memory.  Free the exchange with
** mk_http_free before `env` is freed. */
struct mk_http *mk_http_new(struct mk_http_session *env);

/* Frees an exchange that the event loop does not have.  `h` may be NULL. */
void mk_http_free(struct mk_http *h);

/* Returns why a script must not send this header field, or NULL. */
const char *mk_http_check_field(const struct mk_http_field *f);

/* Adds a header field to the request.  Returns false if out of memory. */
bool mk_http_add_field(struct mk_http *h, const struct mk_http_field *f);

/* Adds a Content-Type field unless the request has one.  Returns false if out
** of memory. */
bool mk_http_default_type(struct mk_http *h, const char *type);

/* Checks the URL and the token, reads the client certificate and sets up the
** curl handle.  Returns false if the exchange cannot be made; mk_http_error
** then says why. */
bool mk_http_prepare(struct mk_http *h, const struct mk_http_opts *o);

/* Returns the CURL handle, for the event loop. */
void *mk_http_handle(struct mk_http *h);

/* Stores a pointer, for the event loop: the transfer of this exchange. */
void mk_http_set_owner(struct mk_http *h, void *owner);

/* Returns the pointer that mk_http_set_owner stored. */
void *mk_http_owner(const struct mk_http *h);

/* Returns true if the exchange can be given to libcurl, or if the exchange has
** failed (see mk_http_error).  Returns false while the exchange must wait for
** the first exchange with the same server (site.h).  `now` is in seconds, of
** any clock that never jumps. */
bool mk_http_enter(struct mk_http *h, double now);

/* Call when libcurl has ended the hop with the CURLcode `curl_code`.  Returns
** true if libcurl must run the exchange again, because of a redirect. */
bool mk_http_again(struct mk_http *h, int curl_code);

/* Call after curl_multi_remove_handle: other exchanges no longer wait for this
** one. */
void mk_http_leave(struct mk_http *h);

/* Returns NULL if a response arrived, with any status.  Otherwise returns a
** sentence that says why no response arrived. */
const char *mk_http_error(const struct mk_http *h);

/* Returns the same reason as a stable code, such as "timeout", or NULL. */
const char *mk_http_code(const struct mk_http *h);

/* Makes an exchange fail with this code (a constant) and message (copied). */
void mk_http_fail(struct mk_http *h, const char *code, const char *text);

/* Returns the URL for messages, without user and query.  The text is "" before
** mk_http_prepare, and valid as long as the exchange. */
const char *mk_http_shown_url(const struct mk_http *h);

/* Returns the URL of the last hop without user and password, or "". */
const char *mk_http_url(const struct mk_http *h);

/* These functions read the response.  The results are valid as long as the
** exchange. */
int mk_http_status(const struct mk_http *h);
const char *mk_http_version(const struct mk_http *h);
const char *mk_http_body(const struct mk_http *h, size_t *len);
size_t mk_http_bytes(const struct mk_http *h); /* body, before unpacking */
struct mk_http_time mk_http_time(const struct mk_http *h);

/* Returns the server's certificate.  Returns NULL without TLS, and if the
** connection was opened by an earlier exchange. */
const struct mk_certificate *mk_http_certificate(const struct mk_http *h);

/* Returns the status line and the header fields as received, `len` bytes. */
const char *mk_http_head(const struct mk_http *h, size_t *len);

/* Reads the next header field of `head`.  `*at` is NULL for the first call.
** Returns false if there is no further field. */
bool mk_http_next_field(const char *head, size_t len, const char **at,
                        struct mk_http_field *f);

#endif
