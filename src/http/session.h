/* session.h - the state that all exchanges of a process share.
**
** src/lua/net.c creates one session.  All exchanges (a request and its
** response) use this session.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_SESSION_H
#define MK_HTTP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

struct mk_site;
struct mk_trust;
struct mk_url;

struct mk_http_session; /* opaque: libcurl, trust store, proxy variables */

/* Starts libcurl and reads the proxy variables.  `cacert` is the path of the
** option --cacert, which is copied, or NULL.  Returns NULL if out of memory. */
struct mk_http_session *mk_http_session_new(const char *cacert);

/* Frees a session.  Call this function after all exchanges of the session are
** freed.  `env` may be NULL. */
void mk_http_session_free(struct mk_http_session *env);

/* Returns the trust store.  The first call reads the store.  If the store
** cannot be used, writes the reason into `error` (`size` bytes) and returns
** NULL. */
const struct mk_trust *mk_http_session_trust(struct mk_http_session *env,
                                             char *error, size_t size);

/* Writes the name of the trust store into `text` (`size` bytes).  If the store
** cannot be used, writes the reason and returns false. */
bool mk_http_session_describe_trust(const struct mk_http_session *env,
                                    char *text, size_t size);

/* Lets at least `count` exchanges with a server that does not support HTTP/2
** run at the same time.  Without this call there are at most 16. */
void mk_http_session_widen(struct mk_http_session *env, unsigned count);

/* Returns the stored facts about the server of a URL (site.h).  Returns NULL if
** out of memory. */
struct mk_site *mk_http_session_site(struct mk_http_session *env,
                                     const struct mk_url *url);

/* Returns the origin of a server whose name has been looked up for two seconds
** or longer, or NULL.  Returns each lookup once.  `now` is mk_loop_now();
** `*left` becomes the seconds that the lookup may still take. */
const char *mk_http_session_slow_lookup(struct mk_http_session *env, double now,
                                        double *left);

/* Returns the URL of the proxy for a URL, or "" for none.  The text is valid as
** long as `env`.  Plain http to a loopback address never uses a proxy, because
** such a request may contain a secret without TLS, and the secret must not
** leave the machine. */
const char *mk_http_session_proxy(const struct mk_http_session *env,
                                  const struct mk_url *url);

/* Returns the value of the variable no_proxy, or "".  The text is valid as long
** as `env`. */
const char *mk_http_session_no_proxy(const struct mk_http_session *env);

/* Returns true if a proxy is set for http or for https. */
bool mk_http_session_has_proxy(const struct mk_http_session *env);

#endif
