/* packed.h - decompresses a response body (Content-Encoding gzip or deflate).
**
** request_body.c calls this file.  libcurl's own decompression is not used: it
** refuses a second member of a gzip file (RFC 1952, 2.2), and accepts a member
** that ends too early.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_PACKED_H
#define MK_HTTP_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

struct mk_packed {
  z_stream z;
  bool open;  /* `z` is initialized and owns memory */
  bool begun; /* at least one byte of the body was received */
  bool ended; /* the current member is complete */
  /* what is wrong with the body, such as "is damaged", or NULL */
  const char *wrong;
};

/* Prepares `p` for a new body.  Returns false if out of memory. */
bool mk_packed_open(struct mk_packed *p);

/* Decompresses the next `len` bytes of the body.  Passes the result in parts to
** `sink`, with `arg`.  Returns false if `sink` returned false.  If the bytes
** are damaged, sets `p->wrong` and returns false. */
bool mk_packed_add(struct mk_packed *p, const char *bytes, size_t len,
                   bool (*sink)(void *arg, const char *bytes, size_t len),
                   void *arg);

/* Frees the memory of zlib. */
void mk_packed_free(struct mk_packed *p);

#endif
