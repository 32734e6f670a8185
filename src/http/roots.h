/* roots.h - the Mozilla root certificates that are part of the binary.
** vendor/roots.lua generates the tables, and trust_store.c uses them.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_ROOTS_H
#define MK_HTTP_ROOTS_H

#include <stddef.h>
#include <stdint.h>

/* Describes one certificate. */
struct mk_root {
  uint32_t hash;   /* mk_name_hash of the subject */
  uint32_t offset; /* of the certificate's DER bytes in mk_roots_der */
  uint32_t length; /* bytes */
};

/* Sorted by hash.  Several certificates may have the same hash. */
extern const struct mk_root mk_roots[];
extern const size_t mk_roots_count;
extern const unsigned char mk_roots_der[];

#endif
