/* http_alloc_check.c - starts libcurl twice, which fails the first time only;
** prints what came of it, and how often libcurl was asked.
**
** Compiled by http_alloc_spec.lua together with src/http/alloc.c.
** SPDX-License-Identifier: MIT */
#include "http/alloc.h"

#include <curl/curl.h>
#include <stdio.h>

static int asked;

CURLcode curl_global_init(long flags) {
  (void)flags;
  return asked++ ? CURLE_OK : CURLE_FAILED_INIT;
}

CURLcode curl_global_init_mem(long flags, curl_malloc_callback m,
                              curl_free_callback f, curl_realloc_callback r,
                              curl_strdup_callback s, curl_calloc_callback c) {
  (void)m, (void)f, (void)r, (void)s, (void)c;
  return curl_global_init(flags);
}

int main(void) {
  bool first = mk_http_alloc_start(), second = mk_http_alloc_start();
  printf("%d %d, asked %d\n", first, second, asked);
  return 0;
}
