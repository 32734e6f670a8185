/* packed.h - unpacks a response body (Content-Encoding gzip or deflate).
**
** request_body.c calls this.  libcurl's own unpacking refuses a second member
** of a gzip file (RFC 1952, 2.2), and accepts a member that ends too early.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_PACKED_H
#define MK_HTTP_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

struct mk_packed {
  z_stream z;
  bool open;         /* `z` is initialized and owns memory */
  bool begun;        /* a byte of the body was received */
  bool ended;        /* the current member is complete */
  const char *wrong; /* a sentence without its subject, or NULL */
};

/* Begins a body.  Returns false if out of memory. */
bool mk_packed_open(struct mk_packed *p);

/* Unpacks the next `len` bytes and passes the result to `sink`, in parts, with
** `arg`.  `sink` returns false to stop.  Returns false if `sink` stopped.  Also
** returns false if the bytes are damaged, and sets `p->wrong`. */
bool mk_packed_add(struct mk_packed *p, const char *bytes, size_t len,
                   bool (*sink)(void *arg, const char *bytes, size_t len),
                   void *arg);

/* Frees the memory of zlib. */
void mk_packed_free(struct mk_packed *p);

#endif
