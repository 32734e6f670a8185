/* http_turn_check.c - prints the code and the sentence of an exchange that
** waited for the lookup of another one, which failed: before it was sent, and
** when it had been sent and was about to be sent again.
**
** Compiled by http_turn_spec.lua together with what it calls; libcurl is not
** there, since it asks for a name again after a minute only.
** SPDX-License-Identifier: MIT */
#include "http_impl.h"

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

static void show(int sendings) {
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

int main(void) {
  show(0);
  show(1);
  return 0;
}
