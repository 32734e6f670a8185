/* url.c - URLs taken apart by libcurl's own parser, so that what is checked
** is what is requested.  SPDX-License-Identifier: MIT */
#include "url.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OOM "not enough memory"

static char *join(const char *format, const char *a, const char *b,
                  const char *c) {
  int len = snprintf(NULL, 0, format, a, b, c);
  char *text = len < 0 ? NULL : malloc((size_t)len + 1);
  if (text) snprintf(text, (size_t)len + 1, format, a, b, c);
  return text;
}

/* A copy that belongs to us; NULL when the URL has no such part. */
static char *part(CURLU *url, CURLUPart what, unsigned flags) {
  char *text = NULL;
  if (curl_url_get(url, what, &text, flags) != CURLUE_OK) return NULL;
  char *copy = strdup(text);
  curl_free(text);
  return copy;
}

static void lower(char *text) {
  for (; *text; text++)
    if (*text >= 'A' && *text <= 'Z') *text = (char)(*text - 'A' + 'a');
}

static bool is_http(const char *scheme) {
  return scheme && (!strcmp(scheme, "http") || !strcmp(scheme, "https"));
}

static bool default_port(const struct mk_url *u) {
  return !strcmp(u->port, strcmp(u->scheme, "http") ? "443" : "80");
}

static const char *take_parts(struct mk_url *u, CURLU *url) {
  u->scheme = part(url, CURLUPART_SCHEME, 0);
  if (!is_http(u->scheme)) return "only http and https can be requested";
  if (curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0)) return OOM;
  u->host = part(url, CURLUPART_HOST, 0);
  u->port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  u->path = part(url, CURLUPART_PATH, 0);
  u->sent = part(url, CURLUPART_URL, 0);
  if (curl_url_set(url, CURLUPART_USER, NULL, 0) ||
      curl_url_set(url, CURLUPART_PASSWORD, NULL, 0))
    return OOM;
  u->public = part(url, CURLUPART_URL, 0);
  if (!u->host || !u->port || !u->path || !u->sent || !u->public) return OOM;
  u->has_password = strcmp(u->sent, u->public) != 0;
  lower(u->host);
  return NULL;
}

static const char *build_names(struct mk_url *u) {
  u->origin = join("%s://%s:%s", u->scheme, u->host, u->port);
  if (!u->origin) return OOM;
  const char *port = default_port(u) ? "" : u->port;
  char *site = join("%s://%s%s", u->scheme, u->host, *port ? ":" : "");
  if (site) u->shown = join("%s%s%s", site, port, u->path);
  free(site);
  return u->shown ? NULL : OOM;
}

const char *mk_url_parse(struct mk_url *u, const char *text) {
  *u = (struct mk_url){0};
  CURLU *url = curl_url();
  if (!url) return OOM;
  /* Unknown schemes are let in, so that they get their own message. */
  CURLUcode rc =
      curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
  const char *wrong = rc ? "not a URL" : take_parts(u, url);
  if (rc == CURLUE_OUT_OF_MEMORY) wrong = OOM;
  curl_url_cleanup(url);
  if (!wrong) return build_names(u);
  bool harmless = *text && !text[strcspn(text, "@?#")]; /* nothing to hide */
  if (harmless && !u->shown) u->shown = join("%s%s%s", "'", text, "'");
  return wrong;
}

void mk_url_free(struct mk_url *u) {
  char *parts[] = {u->scheme, u->host,  u->port,   u->path,
                   u->origin, u->shown, u->public, u->sent};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) free(parts[i]);
  *u = (struct mk_url){0};
}

/* "127.0.0.1" and its kin, but not "127.example.com". */
static bool is_127(const char *host) {
  unsigned a, b, c, d;
  char rest;
  return sscanf(host, "%3u.%3u.%3u.%3u%c", &a, &b, &c, &d, &rest) == 4 &&
         a == 127 && b < 256 && c < 256 && d < 256;
}

bool mk_url_is_loopback(const struct mk_url *u) {
  return !strcmp(u->host, "localhost") || !strcmp(u->host, "[::1]") ||
         is_127(u->host);
}
