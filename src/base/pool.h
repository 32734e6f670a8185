/* pool.h - the memory of the Lua state, with a ceiling.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_POOL_H
#define MK_BASE_POOL_H

#include <stddef.h>
#include <string.h>

#define MK_ALLOC_GRAIN 16       /* small sizes are rounded up to this */
#define MK_ALLOC_SMALL_LISTS 17 /* 16, 32, ... 256 bytes; 0 is not used */
#define MK_ALLOC_LARGE_LISTS 64 /* 320, 384, 448, 512, 640, ... 16 MiB */

struct mk_pool {
  size_t used;                       /* bytes that the state holds now */
  size_t max;                        /* ceiling for `used`; 0 for none */
  void *small[MK_ALLOC_SMALL_LISTS]; /* unused blocks, one list per size */
  void *large[MK_ALLOC_LARGE_LISTS];
  size_t cached;    /* bytes in the lists of large blocks */
  char *next, *end; /* unused rest of the newest chunk of small blocks */
  void *chunks;     /* each begins with a pointer to the one before */
  size_t chunk_size;
};

/* An empty pool. */
void mk_pool_init(struct mk_pool *pool, size_t max);

/* Gives all memory back; after lua_close. */
void mk_pool_free(struct mk_pool *pool);

/* A lua_Alloc; `pool` is a struct mk_pool.  Not for more than one thread. */
void *mk_pool_alloc(void *pool, void *block, size_t old_size, size_t size);

/* The list of a size; there is none from MK_ALLOC_SMALL_LISTS on. */
static inline size_t mk_pool_small_list(size_t size) {
  return (size + MK_ALLOC_GRAIN - 1) / MK_ALLOC_GRAIN;
}

#ifndef MK_DEBUG /* where no list has a block in it */

/* Takes a block from a pool without a ceiling, and gives it back: the way of
** nearly all of them, without a call. */
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
