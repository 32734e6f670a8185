/* alloc.c - the memory of libcurl: the pool of pool.c, for one thread.
**
** A request makes some eighty blocks and gives them back, and musl's malloc is
** slow.  libcurl does not say how big a block was, so each has a head.
**
** The threads that look up names are libcurl's as well.  They get plain
** memory; what the pool gave and such a thread returns is lost, which happens
** to a few bytes of a lookup that nobody waits for any more.  The same thread
** may live on until the process ends, so the pool is never given back.
** SPDX-License-Identifier: MIT */
#include "http/alloc.h"

#include "base/pool.h"

#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef MK_DEBUG

/* AddressSanitizer sees every block. */
static bool start(void) {
  return !curl_global_init(CURL_GLOBAL_DEFAULT);
}

#else

struct head { /* as long as a block has to be aligned */
  size_t size;
  size_t pooled;
};

/* libcurl hands over no context: this is state of the process. */
static struct mk_pool pool;
static _Thread_local bool owner;

static void *take(size_t size) {
  struct head *head = NULL;
  if (size > SIZE_MAX / 2) return NULL;
  size += sizeof *head;
  head = owner ? mk_pool_take(&pool, size) : malloc(size);
  if (!head) return NULL;
  *head = (struct head){size, owner};
  return head + 1;
}

static void give(void *block) {
  struct head *head = (struct head *)block - 1;
  if (!block) return;
  if (!head->pooled)
    free(head);
  else if (owner)
    mk_pool_give(&pool, head, head->size);
}

static void *resize(void *block, size_t size) {
  struct head *head = (struct head *)block - 1;
  if (!block) return take(size);
  if (size > SIZE_MAX / 2) return NULL;
  if (head->pooled && owner) {
    size += sizeof *head;
    head = mk_pool_alloc(&pool, head, head->size, size);
    if (!head) return NULL;
    head->size = size;
    return head + 1;
  }
  void *other = take(size);
  if (!other) return NULL;
  size_t old = head->size - sizeof *head;
  memcpy(other, block, old < size ? old : size);
  give(block);
  return other;
}

static char *copy(const char *text) {
  size_t size = strlen(text) + 1;
  char *other = take(size);
  return other ? memcpy(other, text, size) : NULL;
}

static void *take_cleared(size_t count, size_t size) {
  if (size > 0 && count > SIZE_MAX / 2 / size) return NULL;
  void *block = take(count * size);
  return block ? memset(block, 0, count * size) : NULL;
}

static bool start(void) {
  if (!owner) mk_pool_init(&pool, 0);
  owner = true;
  return !curl_global_init_mem(CURL_GLOBAL_DEFAULT, take, give, resize, copy,
                               take_cleared);
}

#endif

/* libcurl starts its TLS library once: when that failed, it goes on without it
** the next time, and falls. */
bool mk_http_alloc_start(void) {
  static bool failed;
  failed = failed || !start();
  return !failed;
}
