/* session.h - the state that all exchanges of a process share.
**
** src/lua/net.c creates one session, and every exchange uses it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_SESSION_H
#define MK_HTTP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

struct mk_site;
struct mk_trust;
struct mk_url;

struct mk_http_session; /* opaque: libcurl, trust store, proxy variables */

/* Starts libcurl and reads the proxy variables.  `cacert` is the path of
** --cacert or NULL, and is copied.  Returns NULL if out of memory. */
struct mk_http_session *mk_http_session_new(const char *cacert);

/* Frees a session, NULL allowed, after all its exchanges. */
void mk_http_session_free(struct mk_http_session *env);

/* Returns the trust store.  The first call reads it.  Returns NULL if the store
** cannot be used; `error` (`size` bytes) then says why. */
const struct mk_trust *mk_http_session_trust(struct mk_http_session *env,
                                             char *error, size_t size);

/* Writes which trust store is used into `text` (`size` bytes).  Returns false
** if the store cannot be used; `text` then says why. */
bool mk_http_session_describe_trust(const struct mk_http_session *env,
                                    char *text, size_t size);

/* Returns what is known about the server of a URL (site.h).  Returns NULL if
** out of memory. */
struct mk_site *mk_http_session_site(struct mk_http_session *env,
                                     const struct mk_url *url);

/* Returns the URL of the proxy for a URL, or "" for none.  The text is valid as
** long as `env`.  Plain http to loopback never uses a proxy: a secret may be
** sent there without TLS, and must not leave the machine. */
const char *mk_http_session_proxy(const struct mk_http_session *env,
                                  const struct mk_url *url);

/* Returns the value of no_proxy, or "".  The text is valid as long as `env`. */
const char *mk_http_session_no_proxy(const struct mk_http_session *env);

/* Returns true if a proxy is set for http or for https. */
bool mk_http_session_has_proxy(const struct mk_http_session *env);

#endif
