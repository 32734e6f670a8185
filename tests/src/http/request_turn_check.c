/* http_turn_check.c - an exchange that waits for the lookup of another one.
**
** Compiled by http_turn_spec.lua together with what it calls; libcurl is not
** there, since it asks for a name again after a minute only.
** SPDX-License-Identifier: MIT */
#include "http/request.h"
#include "http/request_impl.h"

#include <stdarg.h>
#include <stdio.h>

#undef curl_easy_getinfo
#undef curl_easy_setopt

static long refusal; /* what libcurl has, see vendor/patches/curl */

CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...) {
  va_list arguments;
  (void)easy;
  if (info != CURLINFO_OS_ERRNO) return CURLE_UNKNOWN_OPTION;
  va_start(arguments, info);
  *va_arg(arguments, long *) = refusal;
  va_end(arguments);
  return CURLE_OK;
}

CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...) {
  (void)easy, (void)option;
  return CURLE_OK;
}

/* What it says when that fails. */
static void show_failure(int sendings) {
  struct mk_site site = {.known = true};
  struct mk_http other = {.site = &site}, own = {.site = &site};
  own.opts.timeout = own.opts.connect_timeout = 10;
  own.sendings = sendings;
  mk_site_look_up(&site, &other);
  bool waits = !mk_http_enter(&own, 1);
  snprintf(other.curl_error, sizeof other.curl_error, "no such name");
  mk_http_again(&other, CURLE_COULDNT_RESOLVE_HOST);
  mk_http_leave(&other);
  bool over = mk_http_enter(&own, 2);
  printf("%d%d %s: %s\n", waits, over, mk_http_code(&own), mk_http_error(&own));
}

/* Does it know, when it is sent again, that the server had refused it? */
static void show_refusal(long number) {
  struct mk_site site = {.known = true};
  struct mk_http other = {.site = &site}, own = {.site = &site, .sendings = 1};
  own.opts.timeout = own.opts.connect_timeout = 10;
  mk_site_look_up(&site, &other);
  refusal = number;
  bool put_back =
      mk_http_on_lookup(NULL, NULL, &own) && mk_http_must_wait(&own);
  refusal = 0;
  mk_http_leave(&other);
  bool over = mk_http_enter(&own, 2);
  mk_http_note_refusal(&own);
  printf("%d%d refused: %d\n", put_back, over, own.refused);
}

int main(void) {
  show_failure(0);
  show_failure(1);
  show_refusal(-1);
  show_refusal(0);
  return 0;
}
