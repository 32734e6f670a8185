/* request_turn_check.c - which exchanges wait for the first one.
**
** Compiled by request_turn_spec.lua together with what it calls, but without
** libcurl and a clock.
** SPDX-License-Identifier: MIT */
#include "http/request.h"
#include "http/request_impl.h"

#include <stdio.h>

#undef curl_easy_getinfo
#undef curl_easy_setopt

CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...) {
  (void)easy, (void)info;
  return CURLE_UNKNOWN_OPTION;
}

CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...) {
  (void)easy, (void)option;
  return CURLE_OK;
}

const char *curl_easy_strerror(CURLcode code) {
  (void)code;
  return "an error";
}

bool mk_http_set_hop(struct mk_http *h) {
  return h;
}

/* What it says when that fails. */
static void show_failure(int sendings) {
  struct mk_site site = {.until = 0};
  struct mk_http other = {.site = &site}, own = {.site = &site};
  own.opts.timeout = own.opts.connect_timeout = 10;
  other.opts = own.opts;
  own.sendings = sendings;
  bool first = mk_http_enter(&other, 1);
  bool waits = !mk_http_enter(&own, 1);
  snprintf(other.curl_error, sizeof other.curl_error, "no such name");
  mk_http_again(&other, CURLE_COULDNT_RESOLVE_HOST);
  mk_http_leave(&other);
  bool over = mk_http_enter(&own, 2);
  printf("%d%d%d %s: %s\n", first, waits, over, mk_http_code(&own),
         mk_http_error(&own));
}

enum { COUNT = 3 };

/* Which of three have begun by `now`, as a word. */
static const char *begun(struct mk_http *h, char *word, double now) {
  for (int i = 0; i < COUNT; i++)
    if (word[i] != '1') word[i] = mk_http_enter(&h[i], now) ? '1' : '0';
  return word;
}

/* Three exchanges with a server that nobody knows; prints who has begun at
** first, after `event` befell the first one, and three and five seconds
** later. */
static void show_turns(const char *name, const char *origin,
                       void (*event)(struct mk_http *first)) {
  struct mk_site *sites = NULL;
  struct mk_site *site = mk_site_find(&sites, origin);
  struct mk_http h[COUNT] = {{.site = site}, {.site = site}, {.site = site}};
  for (int i = 0; i < COUNT; i++)
    h[i].opts.timeout = h[i].opts.connect_timeout = 10;
  char word[COUNT + 1] = "";
  printf("%s: %s", name, begun(h, word, 1));
  event(&h[0]);
  printf(" %s", begun(h, word, 1));
  printf(" %s", begun(h, word, 4));
  printf(" %s\n", begun(h, word, 6));
  mk_site_free_all(&sites);
}

static void nothing(struct mk_http *first) {
  (void)first;
}

static void find(struct mk_http *first) {
  mk_site_found(first->site, first);
}

static void shake_hands(struct mk_http *first) {
  find(first);
  mk_site_learn(first->site, true);
}

static void be_given_up(struct mk_http *first) {
  mk_http_leave(first);
}

static void find_nobody(struct mk_http *first) {
  find(first);
  mk_http_again(first, CURLE_COULDNT_CONNECT);
  mk_http_leave(first);
}

int main(void) {
  show_failure(0);
  show_failure(1);
  show_turns("plain, looks up", "http://a", nothing);
  show_turns("plain, has the address", "http://a", find);
  show_turns("looks up", "https://a", nothing);
  show_turns("has the address", "https://a", find);
  show_turns("is connected", "https://a", shake_hands);
  show_turns("is given up", "https://a", be_given_up);
  show_turns("finds nobody", "https://a", find_nobody);
  return 0;
}
