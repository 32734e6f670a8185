/* session.h - what all exchanges of a process share.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_SESSION_H
#define MK_HTTP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

struct mk_site;
struct mk_trust;
struct mk_url;

struct mk_http_session; /* opaque: libcurl, the trust store, the proxy variables
                         */

/* Starts libcurl and reads the proxy variables, once.  `cacert` may be NULL
** and is copied.  NULL when memory ends. */
struct mk_http_session *mk_http_session_new(const char *cacert);

void mk_http_session_free(struct mk_http_session *env);

/* The store, read when it is first asked for; NULL with a sentence in `error`
** when the file that should be trusted is no good. */
const struct mk_trust *mk_http_session_trust(struct mk_http_session *env,
                                             char *error, size_t size);

/* Says which store is in force; false, and then the text says what is wrong,
** when it cannot be used. */
bool mk_http_session_describe_trust(const struct mk_http_session *env,
                                    char *text, size_t size);

/* What is known about the server of a URL; NULL when memory ends. */
struct mk_site *mk_http_session_site(struct mk_http_session *env,
                                     const struct mk_url *url);

/* The proxy for a URL, and the hosts that need none; "" for none.  Valid as
** long as `env`.  Plain http to loopback never takes a proxy: what may go there
** without TLS is not to leave the machine. */
const char *mk_http_session_proxy(const struct mk_http_session *env,
                                  const struct mk_url *url);
const char *mk_http_session_no_proxy(const struct mk_http_session *env);

/* Is there one for any URL? */
bool mk_http_session_has_proxy(const struct mk_http_session *env);

#endif
