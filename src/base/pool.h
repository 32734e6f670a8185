/* pool.h - the allocator of the Lua state, with a memory limit.
**
** host/run.c passes it to lua_newstate.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_POOL_H
#define MK_BASE_POOL_H

#include <stddef.h>

#define MK_POOL_SMALL_LISTS 17 /* 16, 32, ... 256 bytes; index 0 is unused */
#define MK_POOL_LARGE_LISTS 64 /* 320, 384, 448, 512, 640, ... 16 MiB */

struct mk_pool {
  size_t used;                      /* bytes that the Lua state uses now */
  size_t max;                       /* limit for `used`; 0: no limit */
  void *small[MK_POOL_SMALL_LISTS]; /* free blocks, one list per size */
  void *large[MK_POOL_LARGE_LISTS];
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

#endif
