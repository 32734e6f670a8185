/* alloc.h - the memory of the Lua state, with a ceiling.
** SPDX-License-Identifier: MIT */
#ifndef MK_ALLOC_H
#define MK_ALLOC_H

#include <stddef.h>

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

#endif
