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

/* Why so many bytes were not appended: EFBIG above the ceiling, or ENOMEM. */
int mk_buf_why(const struct mk_buf *b, size_t len);

/* Makes room for so many bytes in all; false as above. */
bool mk_buf_reserve(struct mk_buf *b, size_t len);

/* Appends what is in a file; 0 or an errno value, EFBIG above the ceiling.
** `check`, which may be NULL, gives an errno value for an open file that is not
** to be read. */
int mk_buf_read_file(struct mk_buf *b, const char *path, int (*check)(int fd));

/* Overwrites the bytes with zeros and empties the buffer.  For secrets. */
void mk_buf_wipe(struct mk_buf *b);

/* Empties the buffer and keeps its memory. */
void mk_buf_clear(struct mk_buf *b);

/* Frees the memory.  The buffer may be used again. */
void mk_buf_free(struct mk_buf *b);

#endif
