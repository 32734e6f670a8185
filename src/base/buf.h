/* buf.h - a growable byte buffer with a size limit.
**
** Used wherever a text is built piece by piece: output, redaction, JSON, HTTP.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_BUF_H
#define MK_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* Resizes `ptr` from `old` to `size` bytes; size 0 frees it.  The signature is
** lua_Alloc's, so that a buffer can count towards a script's memory limit. */
typedef void *mk_buf_alloc(void *data, void *ptr, size_t old, size_t size);

struct mk_buf {
  char *data; /* NUL-terminated after the first addition; NULL before */
  size_t len; /* bytes in use, without the NUL */
  size_t cap;
  size_t max;          /* limit for `len`, in bytes */
  mk_buf_alloc *alloc; /* NULL: realloc and free */
  void *alloc_data;
};

/* Initializes an empty buffer that holds at most `max` bytes. */
void mk_buf_init(struct mk_buf *b, size_t max);

/* Appends bytes or a string.  False when the limit is reached or memory ends;
** the buffer is unchanged then. */
bool mk_buf_add(struct mk_buf *b, const void *bytes, size_t len);
bool mk_buf_puts(struct mk_buf *b, const char *text);

/* Makes room for `len` bytes in total.  False as for mk_buf_add. */
bool mk_buf_reserve(struct mk_buf *b, size_t len);

/* Appends the content of a file.  False with errno set; EFBIG means above the
** limit.  `check` may be NULL; it gets the open file and returns 0, or an errno
** value to refuse the file. */
bool mk_buf_read_file(struct mk_buf *b, const char *path, int (*check)(int fd));

/* Overwrites the bytes with zeros and empties the buffer.  For secrets. */
void mk_buf_wipe(struct mk_buf *b);

/* Empties the buffer and keeps its memory. */
void mk_buf_clear(struct mk_buf *b);

/* Frees the memory.  The buffer may be used again. */
void mk_buf_free(struct mk_buf *b);

#endif
