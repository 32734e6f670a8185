/* packed.h - unpacks the body of an answer: Content-Encoding gzip or deflate.
**
** libcurl could, but it refuses a second member of a gzip file (RFC 1952, 2.2)
** and takes one that ends too early for whole.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_PACKED_H
#define MK_HTTP_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

struct mk_packed {
  z_stream z;
  bool open;         /* zlib holds memory for it */
  bool begun;        /* a byte of it has come */
  bool ended;        /* the last member that began is whole */
  const char *wrong; /* a sentence without its subject, or NULL */
};

/* Begins another body.  False when memory ends. */
bool mk_packed_open(struct mk_packed *p);

/* Unpacks the next bytes; `sink` gets what they hold, in parts, and is false to
** stop.  False when it stopped, or when `wrong` says what is wrong. */
bool mk_packed_add(struct mk_packed *p, const char *bytes, size_t len,
                   bool (*sink)(void *arg, const char *bytes, size_t len),
                   void *arg);

void mk_packed_free(struct mk_packed *p);

#endif
