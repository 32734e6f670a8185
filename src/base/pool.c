/* pool.c - a pool of blocks, one list of unused ones per size class.
**
** A Lua state asks for very many blocks below 256 bytes and always says how
** big a block was when it gives it back, so no block needs a header.  Small
** blocks are cut from chunks.  Large ones come from malloc, rounded up to a
** quarter of a power of two, and a few megabytes of them are kept: musl maps
** and unmaps memory for each block from 128 KiB on, which makes a text that
** grows by and by slow.
**
** In the debug variant plain realloc serves all sizes, so that
** AddressSanitizer sees every block; the ceiling holds in both.
** SPDX-License-Identifier: MIT */
#include "base/pool.h"

#include <assert.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define GRAIN MK_ALLOC_GRAIN
#define SMALL ((size_t)(MK_ALLOC_SMALL_LISTS - 1) * GRAIN)
#define LARGE ((size_t)16 * 1024 * 1024) /* above this nothing is kept */
#define CHEAP ((size_t)64 * 1024)        /* to copy */
#define KEPT ((size_t)4 * 1024 * 1024)   /* of large blocks, together */
#define FIRST_CHUNK ((size_t)32 * 1024)
#define LAST_CHUNK ((size_t)1024 * 1024)

static_assert(GRAIN >= sizeof(void *), "an unused block holds a link");

static void push(void **list, void *block) {
  memcpy(block, list, sizeof *list);
  *list = block;
}

static void *pop(void **list) {
  void *block = *list;
  if (block) memcpy(list, block, sizeof *list);
  return block;
}

/* --- Small blocks --------------------------------------------------------- */

/* The rest of the old chunk is left unused: less than 256 bytes. */
static bool add_chunk(struct mk_pool *pool) {
  char *chunk = malloc(pool->chunk_size);
  if (!chunk) return false;
  push(&pool->chunks, chunk);
  pool->next = chunk + GRAIN;
  pool->end = chunk + pool->chunk_size;
  if (pool->chunk_size < LAST_CHUNK) pool->chunk_size *= 2;
  return true;
}

static void *take_small(struct mk_pool *pool, size_t size) {
  size_t list = mk_pool_small_list(size), rounded = list * GRAIN;
  void *block = pop(&pool->small[list]);
  if (block) return block;
  if ((size_t)(pool->end - pool->next) < rounded && !add_chunk(pool))
    return NULL;
  block = pool->next;
  pool->next += rounded;
  return block;
}

/* --- Large blocks --------------------------------------------------------- */

/* The list of a size above SMALL and up to LARGE, and what the blocks in it
** hold: 2^e plus one to four quarters. */
static size_t large_list(size_t size, size_t *rounded) {
  unsigned e = (unsigned)(CHAR_BIT * sizeof(long) - 1) -
               (unsigned)__builtin_clzl(size - 1);
  size_t base = (size_t)1 << e, quarter = base / 4;
  size_t step = (size - 1 - base) / quarter;
  *rounded = base + (step + 1) * quarter;
  return (e - 8) * 4 + step;
}

static size_t round_large(size_t size) {
  size_t rounded = size;
  if (size <= LARGE) large_list(size, &rounded);
  return rounded;
}

static void *take_large(struct mk_pool *pool, size_t size) {
  if (size > LARGE) return malloc(size);
  size_t rounded, list = large_list(size, &rounded);
  void *block = pop(&pool->large[list]);
  if (!block) return malloc(rounded);
  pool->cached -= rounded;
  return block;
}

static void give_back_large(struct mk_pool *pool, void *block, size_t size) {
  size_t rounded = round_large(size);
  if (size > LARGE || pool->cached + rounded > KEPT) {
    free(block);
    return;
  }
  push(&pool->large[large_list(size, &rounded)], block);
  pool->cached += rounded;
}

static void free_list(void **list) {
  for (void *block; (block = pop(list));) free(block);
}

/* --- Both ----------------------------------------------------------------- */

#ifdef MK_DEBUG

static void give_back(struct mk_pool *pool, void *block, size_t size) {
  (void)pool, (void)take_small, (void)take_large, (void)give_back_large;
  (void)size;
  free(block);
}

static void *resize(struct mk_pool *pool, void *block, size_t old_size,
                    size_t size) {
  void *moved = realloc(block, size);
  (void)pool;
  return moved || size > old_size ? moved : block;
}

#else

static void *take(struct mk_pool *pool, size_t size) {
  return size <= SMALL ? take_small(pool, size) : take_large(pool, size);
}

static void give_back(struct mk_pool *pool, void *block, size_t size) {
  if (size <= SMALL)
    push(&pool->small[mk_pool_small_list(size)], block);
  else
    give_back_large(pool, block, size);
}

static bool fits_already(size_t old_size, size_t size) {
  if (old_size <= SMALL)
    return size <= SMALL &&
           mk_pool_small_list(old_size) == mk_pool_small_list(size);
  return size > SMALL && round_large(old_size) == round_large(size);
}

/* Is there an unused block of this size?  For one that is cheap to copy: the
** C library moves large ones by their pages. */
static bool is_kept(const struct mk_pool *pool, size_t size) {
  size_t rounded;
  return size <= CHEAP && pool->large[large_list(size, &rounded)];
}

/* Lua relies on it that a block can always shrink: when there is no smaller
** one it goes on in the old one, which is big enough for its new list too. */
static void *resize(struct mk_pool *pool, void *block, size_t old_size,
                    size_t size) {
  if (!block) return take(pool, size);
  if (fits_already(old_size, size)) return block;
  void *moved;
  if (old_size > SMALL && size > SMALL && !is_kept(pool, size)) {
    moved = realloc(block, round_large(size));
  } else {
    moved = take(pool, size);
    if (moved) {
      memcpy(moved, block, old_size < size ? old_size : size);
      give_back(pool, block, old_size);
    }
  }
  return moved || size > old_size ? moved : block;
}

#endif

void mk_pool_init(struct mk_pool *pool, size_t max) {
  memset(pool, 0, sizeof *pool);
  pool->max = max;
  pool->chunk_size = FIRST_CHUNK;
}

void mk_pool_free(struct mk_pool *pool) {
  for (size_t i = 0; i < MK_ALLOC_LARGE_LISTS; i++) free_list(&pool->large[i]);
  free_list(&pool->chunks);
  mk_pool_init(pool, pool->max);
}

static bool is_too_much(const struct mk_pool *pool, size_t rest, size_t size) {
  return pool->max && (rest > pool->max || size > pool->max - rest);
}

void *mk_pool_alloc(void *data, void *block, size_t old_size, size_t size) {
  struct mk_pool *pool = data;
  if (!block) old_size = 0; /* Lua passes the kind of the object here */
  size_t rest = pool->used - old_size;
  if (size == 0) {
    if (block) give_back(pool, block, old_size);
    pool->used = rest;
    return NULL;
  }
  if (size > old_size && is_too_much(pool, rest, size)) return NULL;
  void *result = resize(pool, block, old_size, size);
  if (result) pool->used = rest + size;
  return result;
}
