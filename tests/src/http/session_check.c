/* session_check.c - starts libcurl twice, which fails the first time only;
** prints what came of it, and how often libcurl was asked.
**
** Compiled by session_spec.lua together with src/http/session.c; nothing else
** of libcurl is there, or called.  SPDX-License-Identifier: MIT */
#include "http/session.h"

#include <curl/curl.h>
#include <stdio.h>

static int asked;

CURLcode curl_global_init(long flags) {
  (void)flags;
  return asked++ ? CURLE_OK : CURLE_FAILED_INIT;
}

int main(void) {
  bool first = mk_http_session_new(NULL), second = mk_http_session_new(NULL);
  printf("%d %d, asked %d\n", first, second, asked);
  return 0;
}
