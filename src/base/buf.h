/* buf.h - a growable byte buffer with a size limit.
**
** All code that builds a text piece by piece uses this buffer: the output,
** redaction, JSON and HTTP code.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_BUF_H
#define MK_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* Resizes the block `ptr` from `old` to `size` bytes.  Size 0 frees the block.
** The signature is the same as lua_Alloc, so that a buffer can use the
** allocator of the Lua state and count towards the script's memory limit. */
typedef void *mk_buf_alloc(void *data, void *ptr, size_t old, size_t size);

struct mk_buf {
  /* The bytes, followed by a NUL.  NULL before the first addition. */
  char *data;
  /* Number of bytes in `data`, without the NUL. */
  size_t len;
  /* Number of bytes allocated for `data`. */
  size_t cap;
  /* Upper limit for `len`, in bytes. */
  size_t max;
  /* Allocator for `data`.  NULL means realloc and free. */
  mk_buf_alloc *alloc;
  /* First argument for `alloc`. */
  void *alloc_data;
};

/* Initializes an empty buffer that holds at most `max` bytes. */
void mk_buf_init(struct mk_buf *b, size_t max);

/* Appends `len` bytes (mk_buf_add) or a NUL-terminated string (mk_buf_puts).
** If the text exceeds the buffer's limit, or if out of memory, returns false
** and leaves the buffer unchanged. */
bool mk_buf_add(struct mk_buf *b, const void *bytes, size_t len);
bool mk_buf_puts(struct mk_buf *b, const char *text);

/* Returns the reason why mk_buf_add could not append `len` bytes: EFBIG if they
** exceed the buffer's limit, otherwise ENOMEM. */
int mk_buf_why(const struct mk_buf *b, size_t len);

/* Makes room for `len` bytes in total, including the bytes already in the
** buffer.  Returns false if `len` exceeds the buffer's limit or if out of
** memory. */
bool mk_buf_reserve(struct mk_buf *b, size_t len);

/* Appends the content of the file at `path`.  If `check` is not NULL, it is
** called with the open file's descriptor first; if `check` returns an errno
** value, the file is not read.  Returns 0 or an errno value: EFBIG if the
** content exceeds the buffer's limit. */
int mk_buf_read_file(struct mk_buf *b, const char *path, int (*check)(int fd));

/* Overwrites the bytes with zeros and sets the length to 0.  Use this function
** if the buffer contains a secret. */
void mk_buf_wipe(struct mk_buf *b);

/* Sets the length to 0 and keeps the allocated memory for reuse. */
void mk_buf_clear(struct mk_buf *b);

/* Frees the memory and empties the buffer.  More bytes can be added later. */
void mk_buf_free(struct mk_buf *b);

#endif
