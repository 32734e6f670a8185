/* url.c - parses URLs with libcurl's parser, so that mkrun checks the same host
** to which libcurl connects.
** SPDX-License-Identifier: MIT */
#include "http/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

const char mk_url_no_memory[] = "not enough memory";
#define OOM mk_url_no_memory

struct span {
  const char *at;
  size_t len;
};

/* The parts of a URL.  libcurl owns the memory. */
struct parts {
  struct span scheme, host, port, path, public;
  bool default_port;
};

static struct span span(const char *text) {
  return (struct span){text, strlen(text)};
}

static bool same(struct span s, const char *text) {
  return s.len == strlen(text) && !memcmp(s.at, text, s.len);
}

/* Copies `s` to *out and moves *out behind the copy. */
static void put(char **out, struct span s) {
  memcpy(*out, s.at, s.len);
  *out += s.len;
}

/* Joins strings at *out.  Returns the result and moves *out behind its NUL. */
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

/* Copies all strings into one block of memory.  Returns an error message, or
** NULL. */
static const char *build(struct mk_url *u, const struct parts *p) {
  struct span none = {"", 0}, colon = {":", 1}, slashes = {"://", 3};
  size_t site = p->scheme.len + p->host.len + p->port.len + 5;
  size_t len = 3 * site + 2 * p->path.len + p->public.len + 8;
  char *out = u->block = malloc(len);
  if (!out) return OOM;
  u->scheme = JOIN(&out, p->scheme);
  u->host = JOIN(&out, p->host);
  lower(u->host);
  struct span host = {u->host, p->host.len};
  u->port = JOIN(&out, p->port);
  u->path = JOIN(&out, p->path);
  u->public = JOIN(&out, p->public);
  u->origin = JOIN(&out, p->scheme, slashes, host, colon, p->port);
  u->shown =
      JOIN(&out, p->scheme, slashes, host, p->default_port ? none : colon,
           p->default_port ? none : p->port, p->path);
  return NULL;
}

enum { SCHEME, HOST, PORT, PATH, PUBLIC, PARTS };

/* Reads one part of a URL into `text`, which libcurl allocates.  Sets `text` to
** NULL if the URL has no such part.  Returns false if out of memory. */
static bool part(CURLU *url, CURLUPart what, unsigned flags, char **text) {
  *text = NULL;
  return curl_url_get(url, what, text, flags) != CURLUE_OUT_OF_MEMORY;
}

/* Sets `text` to the URL without its user and its password.  Sets `text` to
** NULL if the URL has neither. */
static const char *read_public(CURLU *url, char **text) {
  char *user, *password;
  bool ok = part(url, CURLUPART_USER, 0, &user);
  ok &= part(url, CURLUPART_PASSWORD, 0, &password);
  bool secret = user || password;
  curl_free(user);
  curl_free(password);
  if (!ok || !secret) return ok ? NULL : OOM;
  CURLU *copy = curl_url_dup(url);
  ok = copy && !curl_url_set(copy, CURLUPART_USER, NULL, 0) &&
       !curl_url_set(copy, CURLUPART_PASSWORD, NULL, 0) &&
       part(copy, CURLUPART_URL, 0, text) && *text;
  curl_url_cleanup(copy);
  return ok ? NULL : OOM;
}

static const char *read_parts(CURLU *url, char *parts[PARTS]) {
  if (!part(url, CURLUPART_SCHEME, 0, &parts[SCHEME])) return OOM;
  const char *scheme = parts[SCHEME];
  if (!scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
    return "only http and https can be requested";
  if (curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0)) return OOM;
  part(url, CURLUPART_HOST, 0, &parts[HOST]);
  part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, &parts[PORT]);
  part(url, CURLUPART_PATH, 0, &parts[PATH]);
  /* a URL with http or https has all these parts */
  if (!parts[HOST] || !parts[PORT] || !parts[PATH]) return OOM;
  return read_public(url, &parts[PUBLIC]);
}

static const char *take_parts(struct mk_url *u, CURLU *url) {
  char *parts[PARTS] = {NULL};
  const char *wrong = read_parts(url, parts);
  if (!wrong) {
    struct parts p = {span(parts[SCHEME]),
                      span(parts[HOST]),
                      span(parts[PORT]),
                      span(parts[PATH]),
                      span(parts[PUBLIC] ? parts[PUBLIC] : ""),
                      false};
    p.default_port = same(p.port, same(p.scheme, "http") ? "80" : "443");
    wrong = build(u, &p);
    u->has_password = parts[PUBLIC];
  }
  for (size_t i = 0; i < PARTS; i++) curl_free(parts[i]);
  return wrong;
}

/* Sets u->shown to the text of a malformed URL, for the error message.  Does
** nothing if the text may contain a password or a query. */
static void show_as_it_is(struct mk_url *u, const char *text) {
  if (!*text || text[strcspn(text, "@?#")]) return;
  char *out = u->block = malloc(strlen(text) + 3);
  if (out) u->shown = JOIN(&out, span("'"), span(text), span("'"));
}

static const char *parse(struct mk_url *u, const char *text) {
  CURLU *url = curl_url();
  if (!url) return OOM;
  /* Accepts unknown schemes, because read_parts refuses them with a better
  ** message. */
  CURLUcode rc =
      curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
  const char *wrong = rc ? "not a URL" : take_parts(u, url);
  if (rc == CURLUE_OUT_OF_MEMORY) wrong = OOM;
  if (wrong)
    curl_url_cleanup(url);
  else
    u->parsed = url;
  return wrong;
}

bool mk_url_parse(struct mk_url *u, const char *text, const char **fault) {
  *u = (struct mk_url){0};
  const char *wrong = parse(u, text);
  if (wrong) show_as_it_is(u, text);
  if (fault) *fault = wrong;
  return !wrong;
}

void mk_url_free(struct mk_url *u) {
  curl_url_cleanup(u->parsed);
  free(u->block);
  *u = (struct mk_url){0};
}

/* Returns true for an IPv4 address 127.x.x.x, but not for "127.example.com". */
static bool is_127(const char *host) {
  unsigned char address[4];
  return inet_pton(AF_INET, host, address) == 1 && address[0] == 127;
}

bool mk_url_is_loopback(const struct mk_url *u) {
  return !strcmp(u->host, "localhost") || !strcmp(u->host, "[::1]") ||
         is_127(u->host);
}
