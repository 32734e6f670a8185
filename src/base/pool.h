/* pool.h - the allocator for the Lua state, with a memory limit.
**
** host/run.c passes mk_pool_alloc to lua_newstate.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_POOL_H
#define MK_BASE_POOL_H

#include <stddef.h>

/* Number of lists of small blocks.  The lists from index 1 on have blocks of
** 16, 32, 48, ... 256 bytes.  Index 0 is unused. */
#define MK_POOL_SMALL_LISTS 17

/* Number of lists of large blocks.  The lists have blocks of 320, 384, 448,
** 512, 640, ... bytes, up to 16 MiB. */
#define MK_POOL_LARGE_LISTS 64

struct mk_pool {
  /* Number of bytes that the Lua state uses now. */
  size_t used;
  /* Upper limit for `used`, in bytes.  0 means no limit. */
  size_t max;
  /* Lists of free blocks of up to 256 bytes, one list for each size. */
  void *small[MK_POOL_SMALL_LISTS];
  /* Lists of free blocks of more than 256 bytes, one list for each size. */
  void *large[MK_POOL_LARGE_LISTS];
  /* Number of bytes in all lists of large free blocks. */
  size_t cached;
  /* Start and end of the unused part of the newest chunk. */
  char *next, *end;
  /* The newest chunk.  Each chunk begins with a pointer to the chunk that was
  ** allocated before. */
  void *chunks;
  /* Size of the next chunk, in bytes. */
  size_t chunk_size;
};

/* Initializes an empty pool.  `max` is the memory limit in bytes; 0 means no
** limit. */
void mk_pool_init(struct mk_pool *pool, size_t max);

/* Frees all memory of the pool.  Call this function after lua_close. */
void mk_pool_free(struct mk_pool *pool);

/* A function of type lua_Alloc, as lua_newstate requires.  `pool` is a struct
** mk_pool.  Not thread-safe. */
void *mk_pool_alloc(void *pool, void *block, size_t old_size, size_t size);

#endif
