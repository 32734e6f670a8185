/* buf.h - a growable byte buffer that knows how big it may get.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_BUF_H
#define MK_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* Gives `ptr`, of `old` bytes, a size of `size` bytes; 0 frees.  It has the
** form of lua_Alloc, so that a buffer can count as a script's memory. */
typedef void *mk_buf_alloc(void *data, void *ptr, size_t old, size_t size);

struct mk_buf {
  char *data; /* NUL-terminated once anything was added; NULL before */
  size_t len; /* bytes in use, without the NUL */
  size_t cap;
  size_t max;          /* ceiling for `len`, in bytes */
  mk_buf_alloc *alloc; /* NULL: malloc and its kin */
  void *alloc_data;
};

/* An empty buffer that refuses to hold more than `max` bytes. */
void mk_buf_init(struct mk_buf *b, size_t max);

/* Appends; false when the ceiling is reached or memory ends, and then the
** buffer is as it was. */
bool mk_buf_add(struct mk_buf *b, const void *bytes, size_t len);
bool mk_buf_puts(struct mk_buf *b, const char *text);

/* Makes room for so many bytes in all; false as above. */
bool mk_buf_reserve(struct mk_buf *b, size_t len);

/* Appends what is in a file; false with errno set, EFBIG above the ceiling.
** `check`, which may be NULL, gives an errno value for an open file that is not
** to be read. */
bool mk_buf_read_file(struct mk_buf *b, const char *path, int (*check)(int fd));

/* Overwrites the bytes, for those that held a secret, and empties it. */
void mk_buf_wipe(struct mk_buf *b);

/* Empties the buffer and keeps its memory. */
void mk_buf_clear(struct mk_buf *b);

/* Gives the memory back; the buffer may be used again. */
void mk_buf_free(struct mk_buf *b);

#endif
