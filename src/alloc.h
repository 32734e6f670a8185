/* alloc.h - the memory of the Lua state, with a ceiling.
** SPDX-License-Identifier: MIT */
#ifndef MK_ALLOC_H
#define MK_ALLOC_H

#include <stddef.h>

#define MK_ALLOC_GRAIN 16  /* sizes are rounded up to this */
#define MK_ALLOC_SMALL 256 /* above this, malloc serves */

struct mk_pool {
  size_t used; /* bytes that the state holds now */
  size_t max;  /* ceiling for `used`; 0 for none */
  void *free[MK_ALLOC_SMALL / MK_ALLOC_GRAIN + 1]; /* one list per size */
  char *next; /* unused rest of the newest chunk */
  char *end;
  void *chunks; /* each begins with a pointer to the one before */
  size_t chunk_size;
};

/* An empty pool. */
void mk_pool_init(struct mk_pool *pool, size_t max);

/* Gives all memory back, also what was never freed; after lua_close. */
void mk_pool_free(struct mk_pool *pool);

/* A lua_Alloc; `pool` is a struct mk_pool.  Not for more than one thread. */
void *mk_pool_alloc(void *pool, void *block, size_t old_size, size_t size);

#endif
