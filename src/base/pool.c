/* pool.c - an allocator with one list of free blocks for each block size.
**
** A Lua state allocates very many blocks below 256 bytes.  Lua passes the size
** of a block when Lua frees the block, so blocks need no header.  Small blocks
** are parts of larger chunks.  Large blocks are allocated with malloc.  Their
** sizes are rounded up, so that there are four sizes between two powers of two.
** Up to 4 MiB of freed large blocks are kept for reuse, because musl calls mmap
** and munmap for each block of 128 KiB or more.  That makes growing strings
** slow.
**
** The debug build uses realloc for all sizes, so that AddressSanitizer can
** check every block.  The debug build and the release build both enforce the
** memory limit.
** SPDX-License-Identifier: MIT */
#include "base/pool.h"

#include <assert.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Sizes of small blocks are rounded up to a multiple of this many bytes. */
#define GRAIN ((size_t)16)

/* Size of the largest small block, in bytes. */
#define SMALL ((size_t)(MK_POOL_SMALL_LISTS - 1) * GRAIN)

/* Freed blocks above this size in bytes are never kept for reuse. */
#define LARGE ((size_t)16 * 1024 * 1024)

/* Blocks up to this size in bytes can be copied in little time. */
#define CHEAP ((size_t)64 * 1024)

/* Total size of the freed large blocks that a pool keeps, in bytes. */
#define KEPT ((size_t)4 * 1024 * 1024)

/* Sizes of the first chunk and of the largest chunk, in bytes. */
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

/* Returns the index in pool->small of the list for blocks of `size` bytes.
** `size` is at most SMALL. */
static size_t small_list(size_t size) {
  return (size + GRAIN - 1) / GRAIN;
}

/* Allocates a new chunk.  The unused part of the old chunk, less than 256
** bytes, is wasted. */
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
  size_t list = small_list(size), rounded = list * GRAIN;
  void *block = pop(&pool->small[list]);
  if (block) return block;
  if ((size_t)(pool->end - pool->next) < rounded && !add_chunk(pool))
    return NULL;
  block = pool->next;
  pool->next += rounded;
  return block;
}

/* --- Large blocks --------------------------------------------------------- */

/* Returns the index in pool->large of the list for blocks of `size` bytes.
** `size` is above SMALL and at most LARGE.  Sets `*rounded` to the size of the
** blocks in the list: 2^e plus one to four quarters of 2^e. */
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

/* --- Blocks of all sizes -------------------------------------------------- */

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
    push(&pool->small[small_list(size)], block);
  else
    give_back_large(pool, block, size);
}

static bool fits_already(size_t old_size, size_t size) {
  if (old_size <= SMALL)
    return size <= SMALL && small_list(old_size) == small_list(size);
  return size > SMALL && round_large(old_size) == round_large(size);
}

/* Returns true if the pool has a free block for `size` bytes and the block is
** small enough to be copied in little time.  For larger blocks, realloc is
** faster, because the C library remaps the pages instead of copying them. */
static bool is_kept(const struct mk_pool *pool, size_t size) {
  size_t rounded;
  return size <= CHEAP && pool->large[large_list(size, &rounded)];
}

/* Lua requires that shrinking a block never fails.  If no smaller block can be
** allocated, the old block is used for the smaller size.  When the block is
** freed later, the pool adds it to the list for the smaller size.  That is
** correct, because the block is larger than the list requires. */
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
  for (size_t i = 0; i < MK_POOL_LARGE_LISTS; i++) free_list(&pool->large[i]);
  free_list(&pool->chunks);
  mk_pool_init(pool, pool->max);
}

static bool is_too_much(const struct mk_pool *pool, size_t rest, size_t size) {
  return pool->max && (rest > pool->max || size > pool->max - rest);
}

void *mk_pool_alloc(void *data, void *block, size_t old_size, size_t size) {
  struct mk_pool *pool = data;
  if (!block) old_size = 0; /* for a new block, Lua passes a type tag */
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
