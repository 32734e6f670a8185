/* roots.h - the Mozilla root certificates that are part of the binary.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_ROOTS_H
#define MK_HTTP_ROOTS_H

#include <stddef.h>
#include <stdint.h>

struct mk_root {
  uint32_t hash;   /* FNV-1a (32 bit) of the subject's DER bytes */
  uint32_t offset; /* of the certificate's DER bytes in mk_roots_der */
  uint32_t length;
};

/* Sorted by hash; several certificates may share one. */
extern const struct mk_root mk_roots[];
extern const size_t mk_roots_count;
extern const unsigned char mk_roots_der[];

#endif
