/* alloc.h - the memory of libcurl.  SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_ALLOC_H
#define MK_HTTP_ALLOC_H

#include <stdbool.h>

/* Starts libcurl with a pool of blocks in the place of malloc; to be called
** by the thread that uses libcurl.  False when that fails. */
bool mk_http_alloc_start(void);

#endif
