/* request_pool.h - exchanges that are over, kept for those that follow.
**
** Half of what it takes to set up an exchange is the same for every one.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_REQUEST_POOL_H
#define MK_HTTP_REQUEST_POOL_H

#include <stddef.h>

struct mk_http;

struct mk_http_pool {
  struct mk_http *first;
  size_t count;
};

void mk_http_pool_free(struct mk_http_pool *pool);

#endif
