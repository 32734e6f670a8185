/* request.h - one HTTP exchange: a request and what came back.
**
** An exchange does not run by itself: mk_loop_start (loop.h) does that.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_REQUEST_H
#define MK_HTTP_REQUEST_H

#include "http/request_options.h"
#include "http/session.h"

#include <stdbool.h>
#include <stddef.h>

struct mk_certificate; /* verdict.h */

struct mk_http; /* opaque: a curl handle, its header list and its buffers */

struct mk_http_time { /* seconds since the exchange began; 0 unknown */
  double connect, tls, first_byte, total;
};

struct mk_http_field { /* a header field; not NUL-terminated */
  const char *name, *value;
  size_t name_len, value_len;
};

/* NULL when memory ends; free with mk_http_free, before `env`. */
struct mk_http *mk_http_new(struct mk_http_session *env);

/* May be called at any time, unless the event loop still has it. */
void mk_http_free(struct mk_http *h);

/* What is wrong with a header field that somebody wants to send, or NULL. */
const char *mk_http_check_field(const struct mk_http_field *f);

/* Adds a header field; false when memory ends. */
bool mk_http_add_field(struct mk_http *h, const struct mk_http_field *f);

/* Names the type of the body unless a field did already. */
bool mk_http_default_type(struct mk_http *h, const char *type);

/* Checks the URL and the token, reads the client certificate and sets up the
** handle; false when the exchange cannot be made, see mk_http_error. */
bool mk_http_prepare(struct mk_http *h, const struct mk_http_opts *o);

/* For the event loop: the CURL handle, and the owner that the loop noted. */
void *mk_http_handle(struct mk_http *h);
void mk_http_set_owner(struct mk_http *h, void *owner);
void *mk_http_owner(const struct mk_http *h);

/* May curl have it now?  False while it waits for what another exchange finds
** out.  After true it may have failed.  `now`: in seconds, on any clock
** that never jumps. */
bool mk_http_enter(struct mk_http *h, double now);

/* Call when curl is through with it.  True: curl must run it again, because of
** a redirect. */
bool mk_http_again(struct mk_http *h, int curl_code);

/* Call after curl_multi_remove_handle. */
void mk_http_leave(struct mk_http *h);

/* NULL when an answer arrived, whatever its status; else why none did, in
** words and as a short stable code. */
const char *mk_http_error(const struct mk_http *h);
const char *mk_http_code(const struct mk_http *h);

/* Fails an exchange from outside. */
void mk_http_fail(struct mk_http *h, const char *code, const char *text);

/* The URL for messages (no query, no user) and the one that was used last.
** "" before mk_http_prepare; valid as long as the exchange. */
const char *mk_http_shown_url(const struct mk_http *h);
const char *mk_http_url(const struct mk_http *h);

/* The answer; valid as long as the exchange. */
int mk_http_status(const struct mk_http *h);
const char *mk_http_version(const struct mk_http *h);
const char *mk_http_body(const struct mk_http *h, size_t *len);
size_t mk_http_bytes(const struct mk_http *h); /* of the body, on the wire */
struct mk_http_time mk_http_time(const struct mk_http *h);

/* The server's certificate; NULL without TLS, and for a connection that an
** earlier exchange made. */
const struct mk_certificate *mk_http_certificate(const struct mk_http *h);

/* The status line and the header fields as they came. */
const char *mk_http_head(const struct mk_http *h, size_t *len);

/* Steps through the fields of that: start with *at NULL; false at the end. */
bool mk_http_next_field(const char *head, size_t len, const char **at,
                        struct mk_http_field *f);

#endif
