/* roots.h - the Mozilla root certificates that are part of the binary.
** vendor/roots.lua generates the C file that defines these tables.  It leaves
** out the bits of each certificate's signature, because nobody verifies what a
** trust anchor says of itself, and compresses the rest.
** trust_store.c reads the tables.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_ROOTS_H
#define MK_HTTP_ROOTS_H

#include <stddef.h>
#include <stdint.h>

/* The place of one root certificate among the decompressed ones. */
struct mk_root {
  uint32_t hash;   /* hash of the subject, from mk_name_hash */
  uint32_t offset; /* offset of the certificate's DER bytes */
  uint32_t length; /* length of the certificate in bytes */
};

/* mk_roots is sorted by hash.  Several certificates may have the same hash. */
extern const struct mk_root mk_roots[];
extern const size_t mk_roots_count;

/* The DER bytes of all certificates as a raw deflate stream, and how many bytes
** they are when decompressed (see base/embed.h). */
extern const char mk_roots_packed[];
extern const size_t mk_roots_packed_len;
extern const size_t mk_roots_len;

#endif
