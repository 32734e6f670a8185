/* url.c - URLs taken apart by libcurl's own parser, so that what is checked
** is what is requested.
**
** A URL of the plainest kind, which nearly all are, is taken apart here, since
** that costs a tenth.  The debug variant compares the two, for every one.
** SPDX-License-Identifier: MIT */
#include "http/url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char mk_url_no_memory[] = "not enough memory";
#define OOM mk_url_no_memory
#define LONGEST_HOST 200

struct span {
  const char *at;
  size_t len;
};

/* Parts of a URL; those of one that libcurl took apart belong to it. */
struct parts {
  struct span scheme, host, port, path, sent, public;
  bool default_port;
};

static struct span span(const char *text) {
  return (struct span){text, strlen(text)};
}

static bool same(struct span s, const char *text) {
  return s.len == strlen(text) && !memcmp(s.at, text, s.len);
}

/* Appends, and moves on. */
static void put(char **out, struct span s) {
  memcpy(*out, s.at, s.len);
  *out += s.len;
}

/* One string out of some; `*out` is where the next one may begin. */
static char *join(char **out, const struct span *list, size_t count) {
  char *text = *out;
  for (size_t i = 0; i < count; i++) put(out, list[i]);
  *(*out)++ = '\0';
  return text;
}

#define JOIN(out, ...)                                                         \
  join(out, (struct span[]){__VA_ARGS__},                                      \
       sizeof((struct span[]){__VA_ARGS__}) / sizeof(struct span))

static void lower(char *text) {
  for (; *text; text++)
    if (*text >= 'A' && *text <= 'Z') *text = (char)(*text - 'A' + 'a');
}

/* All strings in one block of memory. */
static const char *build(struct mk_url *u, const struct parts *p) {
  struct span none = {"", 0}, colon = {":", 1}, slashes = {"://", 3};
  size_t site = p->scheme.len + p->host.len + p->port.len + 5;
  size_t len = 3 * site + 2 * p->path.len + p->sent.len + p->public.len + 8;
  char *out = u->block = malloc(len);
  if (!out) return OOM;
  u->scheme = JOIN(&out, p->scheme);
  u->host = JOIN(&out, p->host);
  lower(u->host);
  struct span host = {u->host, p->host.len};
  u->port = JOIN(&out, p->port);
  u->path = JOIN(&out, p->path);
  u->sent = JOIN(&out, p->sent);
  u->public = JOIN(&out, p->public);
  u->origin = JOIN(&out, p->scheme, slashes, host, colon, p->port);
  u->shown =
      JOIN(&out, p->scheme, slashes, host, p->default_port ? none : colon,
           p->default_port ? none : p->port, p->path);
  u->has_password = p->sent.len != p->public.len ||
                    memcmp(p->sent.at, p->public.at, p->sent.len) != 0;
  return NULL;
}

/* The plainest kind: lower case, no user, nothing that a parser would change,
** such as "/../", "%41" or a host that is a number. */

static bool in_port(char c) {
  return c >= '0' && c <= '9';
}

static bool in_scheme(char c) {
  return c >= 'a' && c <= 'z';
}

static bool in_host(char c) {
  return in_scheme(c) || in_port(c) || c == '-' || c == '.';
}

static bool in_path(char c) {
  return in_host(c) || (c >= 'A' && c <= 'Z') || (c && strchr("/_~:=,+;", c));
}

static struct span take(const char **at, bool (*is)(char)) {
  struct span s = {*at, 0};
  while (is(**at)) (*at)++;
  s.len = (size_t)(*at - s.at);
  return s;
}

static bool plain_host(struct span s) {
  return s.len > 0 && s.len <= LONGEST_HOST && *s.at >= 'a' && *s.at <= 'z' &&
         !memmem(s.at, s.len, "..", 2);
}

static bool plain_port(struct span s) {
  return s.len > 0 && s.len <= 5 && *s.at != '0' && atoi(s.at) <= 65535;
}

static bool plain_path(struct span s) {
  return s.len > 0 && *s.at == '/' && !memmem(s.at, s.len, "/.", 2);
}

static bool plain_query(const char *text) {
  if (*text != '?') return !*text;
  const char *end = text + 1;
  while (isgraph((unsigned char)*end) && *end != '#') end++;
  return !*end && end > text + 1;
}

static bool is_plain(const char *text, struct parts *p) {
  const char *at = text;
  p->scheme = take(&at, in_scheme);
  bool https = same(p->scheme, "https");
  if ((!https && !same(p->scheme, "http")) || strncmp(at, "://", 3) != 0)
    return false;
  at += 3;
  p->host = take(&at, in_host);
  if (!plain_host(p->host)) return false;
  p->port = span(https ? "443" : "80");
  p->default_port = true;
  if (*at == ':') {
    at++;
    struct span port = take(&at, in_port);
    if (!plain_port(port)) return false;
    p->default_port =
        port.len == p->port.len && !memcmp(port.at, p->port.at, port.len);
    p->port = port;
  }
  p->path = take(&at, in_path);
  p->sent = p->public = span(text);
  return plain_path(p->path) && plain_query(at);
}

/* Any other kind. */

enum { SCHEME, HOST, PORT, PATH, SENT, PUBLIC, PARTS };

/* Of what libcurl's memory holds; NULL when the URL has no such part. */
static char *part(CURLU *url, CURLUPart what, unsigned flags) {
  char *text = NULL;
  return curl_url_get(url, what, &text, flags) == CURLUE_OK ? text : NULL;
}

static const char *read_parts(CURLU *url, char *parts[PARTS]) {
  const char *scheme = parts[SCHEME] = part(url, CURLUPART_SCHEME, 0);
  if (!scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
    return "only http and https can be requested";
  if (curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0)) return OOM;
  parts[HOST] = part(url, CURLUPART_HOST, 0);
  parts[PORT] = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  parts[PATH] = part(url, CURLUPART_PATH, 0);
  parts[SENT] = part(url, CURLUPART_URL, 0);
  if (curl_url_set(url, CURLUPART_USER, NULL, 0) ||
      curl_url_set(url, CURLUPART_PASSWORD, NULL, 0))
    return OOM;
  parts[PUBLIC] = part(url, CURLUPART_URL, 0);
  for (size_t i = 0; i < PARTS; i++)
    if (!parts[i]) return OOM;
  return NULL;
}

static const char *take_parts(struct mk_url *u, CURLU *url) {
  char *parts[PARTS] = {NULL};
  const char *wrong = read_parts(url, parts);
  if (!wrong) {
    struct parts p = {span(parts[SCHEME]),
                      span(parts[HOST]),
                      span(parts[PORT]),
                      span(parts[PATH]),
                      span(parts[SENT]),
                      span(parts[PUBLIC]),
                      false};
    p.default_port = same(p.port, same(p.scheme, "http") ? "80" : "443");
    wrong = build(u, &p);
  }
  for (size_t i = 0; i < PARTS; i++) curl_free(parts[i]);
  return wrong;
}

/* Only when there is nothing in it that has to be hidden. */
static void show_as_it_is(struct mk_url *u, const char *text) {
  if (!*text || text[strcspn(text, "@?#")]) return;
  char *out = u->block = malloc(strlen(text) + 3);
  if (out) u->shown = JOIN(&out, span("'"), span(text), span("'"));
}

static const char *parse_any(struct mk_url *u, const char *text) {
  CURLU *url = curl_url();
  if (!url) return OOM;
  /* Unknown schemes are let in, so that they get their own message. */
  CURLUcode rc =
      curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
  const char *wrong = rc ? "not a URL" : take_parts(u, url);
  if (rc == CURLUE_OUT_OF_MEMORY) wrong = OOM;
  curl_url_cleanup(url);
  if (wrong) show_as_it_is(u, text);
  return wrong;
}

#ifdef MK_DEBUG
static void compare(const struct mk_url *u, const char *text) {
  struct mk_url other = {0};
  const char *wrong = parse_any(&other, text);
  if (wrong == OOM) return;
  if (wrong || strcmp(u->host, other.host) || strcmp(u->port, other.port) ||
      strcmp(u->path, other.path) || strcmp(u->origin, other.origin) ||
      strcmp(u->shown, other.shown) || strcmp(u->public, other.public) ||
      strcmp(u->sent, other.sent) || strcmp(u->scheme, other.scheme) ||
      other.has_password) {
    fprintf(stderr, "url.c and libcurl disagree about %s\n", text);
    abort();
  }
  mk_url_free(&other);
}
#else
#define compare(url, text) ((void)0)
#endif

const char *mk_url_parse(struct mk_url *u, const char *text) {
  struct parts p;
  *u = (struct mk_url){0};
  if (!is_plain(text, &p)) return parse_any(u, text);
  const char *wrong = build(u, &p);
  if (!wrong) compare(u, text);
  return wrong;
}

void mk_url_free(struct mk_url *u) {
  free(u->block);
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
