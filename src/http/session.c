/* session.c - the state that all exchanges of a process share.
** SPDX-License-Identifier: MIT */
#include "http/session.h"

#include "http/site.h"
#include "http/trust.h"
#include "http/url.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

struct mk_http_session {
  /* path of trusted certificates; NULL: the environment or the system
  ** decides */
  char *cacert;
  struct mk_trust *trust;
  char *http_proxy, *https_proxy, *no_proxy;
  struct mk_site *sites;
  unsigned most; /* exchanges at a time with a server without HTTP/2 */
};

/* Returns a copy of the first environment variable in this list that is set and
** not empty.  If there is none, returns a copy of "".  Returns NULL if out of
** memory. */
static char *variable(const char *a, const char *b, const char *c,
                      const char *d) {
  const char *names[] = {a, b, c, d};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = names[i] ? getenv(names[i]) : NULL;
    if (value && *value) return strdup(value);
  }
  return strdup("");
}

/* Reads the proxy variables.  Ignores HTTP_PROXY in capitals, because the
** client of a CGI program can set that variable. */
static bool read_proxies(struct mk_http_session *env) {
  env->http_proxy = variable("http_proxy", "all_proxy", "ALL_PROXY", NULL);
  env->https_proxy =
      variable("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY");
  env->no_proxy = variable("no_proxy", "NO_PROXY", NULL, NULL);
  return env->http_proxy && env->https_proxy && env->no_proxy;
}

/* Starts libcurl.  If libcurl fails to start its TLS library, it reports
** success in the next call and crashes later.  So this function never calls
** libcurl again after a failure. */
static bool start_libcurl(void) {
  static bool failed;
  failed = failed || curl_global_init(CURL_GLOBAL_DEFAULT);
  return !failed;
}

struct mk_http_session *mk_http_session_new(const char *cacert) {
  if (!start_libcurl()) return NULL;
  struct mk_http_session *env = calloc(1, sizeof *env);
  if (!env) {
    curl_global_cleanup();
    return NULL;
  }
  env->most = 16; /* the default of mkrun.task, too */
  if (cacert) env->cacert = strdup(cacert);
  if ((cacert && !env->cacert) || !read_proxies(env)) {
    mk_http_session_free(env);
    return NULL;
  }
  return env;
}

void mk_http_session_free(struct mk_http_session *env) {
  if (!env) return;
  mk_trust_free(env->trust);
  mk_site_free_all(&env->sites);
  free(env->cacert);
  free(env->http_proxy);
  free(env->https_proxy);
  free(env->no_proxy);
  free(env);
  curl_global_cleanup();
}

const struct mk_trust *mk_http_session_trust(struct mk_http_session *env,
                                             char *error, size_t size) {
  if (!env->trust) env->trust = mk_trust_new(env->cacert, error, size);
  return env->trust;
}

bool mk_http_session_describe_trust(const struct mk_http_session *env,
                                    char *text, size_t size) {
  return mk_trust_describe(env->cacert, text, size);
}

const char *mk_http_session_proxy(const struct mk_http_session *env,
                                  const struct mk_url *url) {
  if (!strcmp(url->scheme, "https")) return env->https_proxy;
  return mk_url_is_loopback(url) ? "" : env->http_proxy;
}

void mk_http_session_widen(struct mk_http_session *env, unsigned count) {
  if (count > env->most) env->most = count;
}

struct mk_site *mk_http_session_site(struct mk_http_session *env,
                                     const struct mk_url *url) {
  struct mk_site *s = mk_site_find(&env->sites, url->origin);
  if (s) s->most = env->most;
  return s;
}

const char *mk_http_session_slow_lookup(struct mk_http_session *env, double now,
                                        double *left) {
  enum { SECONDS = 2 };
  const struct mk_site *s = mk_site_slow(env->sites, now, SECONDS);
  if (s) *left = s->began + s->patience - now;
  return s ? s->origin : NULL;
}

const char *mk_http_session_no_proxy(const struct mk_http_session *env) {
  return env->no_proxy;
}

bool mk_http_session_has_proxy(const struct mk_http_session *env) {
  return *env->http_proxy || *env->https_proxy;
}
