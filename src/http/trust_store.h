/* trust_store.h - a store of trusted certificates that is filled from files.
**
** Only trust.c and trust_find.c include this file.  All other files include
** trust.h.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TRUST_STORE_H
#define MK_HTTP_TRUST_STORE_H

#include "base/buf.h"
#include "http/roots.h"

#include <stdbool.h>
#include <stddef.h>

/* size of the name of a store, and of the note about a skipped file, in
** bytes */
#define MK_TRUST_NAME 512

struct mk_trust {
  /* name of the store, then the note about a skipped file */
  char name[2 * MK_TRUST_NAME];
  /* length of the name of the store, without the note about a skipped file */
  size_t named;
  const struct mk_root *index; /* index of the store in use, sorted by hash */
  size_t count;                /* number of entries in the index */
  const unsigned char *der;    /* DER bytes of all certificates in the index */
  /* index of the certificates read from files; NULL: no file was read */
  struct mk_root *own_index;
  /* DER bytes of the certificates read from files, or decompressed */
  struct mk_buf own_der;
  size_t read; /* number of bytes of PEM text read so far */
  int lack;    /* errno value if the machine ran out of a resource, or 0 */
};

/* Two error messages of mk_trust_add_file.  Callers compare the addresses of
** these messages. */
extern const char mk_trust_no_memory[];
extern const char mk_trust_none_in_file[];

/* Makes an empty store. */
void mk_trust_init(struct mk_trust *t);

/* Empties the store and frees its memory, but keeps the name of the store. */
void mk_trust_clear(struct mk_trust *t);

/* Returns the message for an errno value.  Sets t->lack if the machine ran out
** of a resource, such as memory. */
const char *mk_trust_why(struct mk_trust *t, int error);

/* Returns true if the fault makes the whole store unusable: out of memory, or
** too large. */
bool mk_trust_is_fatal(const char *wrong);

/* Adds the certificates of a PEM file.  Returns what is wrong, or NULL.  Good
** certificates are added even if others are wrong.  `check` may be NULL.  It is
** called with the descriptor of the open file, and returns 0, or an errno value
** to refuse the file. */
const char *mk_trust_add_file(struct mk_trust *t, const char *path,
                              int (*check)(int fd));

/* Makes the added certificates the store in use: sorts them and removes
** duplicates. */
void mk_trust_use_own(struct mk_trust *t);

/* Makes the root certificates in the binary the store in use.  Returns what is
** wrong, or NULL. */
const char *mk_trust_use_embedded(struct mk_trust *t);

/* Returns true if one of the added certificates is a CA.  There may be none:
** for example, a folder can contain only the certificate of a server on this
** machine. */
bool mk_trust_has_ca(const struct mk_trust *t);

#endif
