/* alloc.c - a pool of small blocks, one list per size class.
**
** A Lua state asks for very many blocks below 256 bytes and always says how
** big a block was when it gives it back, so no block needs a header.  In the
** debug variant plain realloc serves all sizes, so that AddressSanitizer sees
** every block; the ceiling holds in both.  SPDX-License-Identifier: MIT */
#include "alloc.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CHUNK ((size_t)32 * 1024)
#define LAST_CHUNK ((size_t)1024 * 1024)

static_assert(MK_ALLOC_GRAIN >= sizeof(void *), "a free block holds a link");

#ifdef MK_DEBUG
#define SMALL_LIMIT 0
#else
#define SMALL_LIMIT MK_ALLOC_SMALL
#endif

static size_t class_of(size_t size) {
  return (size + MK_ALLOC_GRAIN - 1) / MK_ALLOC_GRAIN;
}

static bool is_small(size_t size) {
  return size <= SMALL_LIMIT;
}

/* The rest of the old chunk is left unused: at most 256 bytes. */
static bool add_chunk(struct mk_pool *pool) {
  char *chunk = malloc(pool->chunk_size);
  if (!chunk) return false;
  memcpy(chunk, &pool->chunks, sizeof pool->chunks);
  pool->chunks = chunk;
  pool->next = chunk + MK_ALLOC_GRAIN;
  pool->end = chunk + pool->chunk_size;
  if (pool->chunk_size < LAST_CHUNK) pool->chunk_size *= 2;
  return true;
}

static void *take(struct mk_pool *pool, size_t size) {
  if (!is_small(size)) return malloc(size);
  size_t class = class_of(size);
  void *block = pool->free[class];
  if (block) {
    memcpy(&pool->free[class], block, sizeof block);
    return block;
  }
  size_t rounded = class * MK_ALLOC_GRAIN;
  if ((size_t)(pool->end - pool->next) < rounded && !add_chunk(pool))
    return NULL;
  block = pool->next;
  pool->next += rounded;
  return block;
}

static void give_back(struct mk_pool *pool, void *block, size_t size) {
  if (!is_small(size)) {
    free(block);
    return;
  }
  size_t class = class_of(size);
  memcpy(block, &pool->free[class], sizeof block);
  pool->free[class] = block;
}

static void *resize(struct mk_pool *pool, void *block, size_t old_size,
                    size_t size) {
  if (!is_small(old_size) && !is_small(size)) return realloc(block, size);
  if (is_small(old_size) && is_small(size) &&
      class_of(old_size) == class_of(size))
    return block;
  void *moved = take(pool, size);
  if (!moved) return NULL;
  memcpy(moved, block, old_size < size ? old_size : size);
  give_back(pool, block, old_size);
  return moved;
}

void mk_pool_init(struct mk_pool *pool, size_t max) {
  memset(pool, 0, sizeof *pool);
  pool->max = max;
  pool->chunk_size = FIRST_CHUNK;
}

void mk_pool_free(struct mk_pool *pool) {
  while (pool->chunks) {
    void *chunk = pool->chunks;
    memcpy(&pool->chunks, chunk, sizeof chunk);
    free(chunk);
  }
  mk_pool_init(pool, pool->max);
}

void *mk_pool_alloc(void *data, void *block, size_t old_size, size_t size) {
  struct mk_pool *pool = data;
  if (!block) old_size = 0; /* Lua passes the kind of the object here */
  if (size == 0) {
    if (block) give_back(pool, block, old_size);
    pool->used -= old_size;
    return NULL;
  }
  size_t rest = pool->used - old_size;
  if (pool->max && size > old_size &&
      (rest > pool->max || size > pool->max - rest))
    return NULL;
  void *result = block ? resize(pool, block, old_size, size) : take(pool, size);
  if (result) pool->used = rest + size;
  return result;
}
