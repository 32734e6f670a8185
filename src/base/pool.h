/* pool.h - the allocator of the Lua state, with a memory limit.
**
** host/run.c passes it to lua_newstate.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_POOL_H
#define MK_BASE_POOL_H

#include <stddef.h>
#include <string.h>

#define MK_ALLOC_GRAIN 16       /* small sizes are multiples of this */
#define MK_ALLOC_SMALL_LISTS 17 /* 16, 32, ... 256 bytes; index 0 is unused */
#define MK_ALLOC_LARGE_LISTS 64 /* 320, 384, 448, 512, 640, ... 16 MiB */

struct mk_pool {
  size_t used;                       /* bytes that the Lua state uses now */
  size_t max;                        /* limit for `used`; 0: no limit */
  void *small[MK_ALLOC_SMALL_LISTS]; /* free blocks, one list per size */
  void *large[MK_ALLOC_LARGE_LISTS];
  size_t cached;    /* bytes in the lists of large blocks */
  char *next, *end; /* free rest of the newest chunk */
  void *chunks;     /* each chunk begins with a pointer to the one before */
  size_t chunk_size;
};

/* Initializes an empty pool.  `max` is in bytes. */
void mk_pool_init(struct mk_pool *pool, size_t max);

/* Frees all memory.  Call it after lua_close. */
void mk_pool_free(struct mk_pool *pool);

/* A lua_Alloc function; `pool` is a struct mk_pool.  Not thread-safe. */
void *mk_pool_alloc(void *pool, void *block, size_t old_size, size_t size);

/* Returns the index of the list for `size`.  Sizes with an index from
** MK_ALLOC_SMALL_LISTS on have no small list. */
static inline size_t mk_pool_small_list(size_t size) {
  return (size + MK_ALLOC_GRAIN - 1) / MK_ALLOC_GRAIN;
}

#ifndef MK_DEBUG /* the debug variant has no lists */

/* Inline fast paths: take a block from a pool without a limit, and give it
** back. */
static inline void *mk_pool_take(struct mk_pool *pool, size_t size) {
  size_t list = mk_pool_small_list(size);
  void *block = list < MK_ALLOC_SMALL_LISTS ? pool->small[list] : NULL;
  if (!block) return mk_pool_alloc(pool, NULL, 0, size);
  memcpy(&pool->small[list], block, sizeof block);
  pool->used += size;
  return block;
}

static inline void mk_pool_give(struct mk_pool *pool, void *block,
                                size_t size) {
  size_t list = mk_pool_small_list(size);
  if (list >= MK_ALLOC_SMALL_LISTS) {
    mk_pool_alloc(pool, block, size, 0);
    return;
  }
  memcpy(block, &pool->small[list], sizeof block);
  pool->small[list] = block;
  pool->used -= size;
}

#endif

#endif
