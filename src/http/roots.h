/* roots.h - the Mozilla root certificates that are part of the binary.
** vendor/roots.lua generates the C file that defines these tables.  It leaves
** out the bits of each certificate's signature, because nobody verifies what a
** trust anchor says of itself.
** trust_store.c reads the tables.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_ROOTS_H
#define MK_HTTP_ROOTS_H

#include <stddef.h>
#include <stdint.h>

/* The place of one root certificate in mk_roots_der. */
struct mk_root {
  uint32_t hash;   /* hash of the subject, from mk_name_hash */
  uint32_t offset; /* offset of the certificate's DER bytes in mk_roots_der */
  uint32_t length; /* length of the certificate in bytes */
};

/* mk_roots is sorted by hash.  Several certificates may have the same hash. */
extern const struct mk_root mk_roots[];
extern const size_t mk_roots_count;
extern const unsigned char mk_roots_der[];

#endif
