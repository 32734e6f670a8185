/* trust_store.h - a store of trusted certificates that is filled from files.
**
** Only trust.c and trust_find.c include this.  All others include trust.h.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TRUST_STORE_H
#define MK_HTTP_TRUST_STORE_H

#include "base/buf.h"
#include "http/roots.h"

#include <stdbool.h>
#include <stddef.h>

#define MK_TRUST_NAME 512 /* bytes for the name, and for the skipped file */

struct mk_trust {
  char name[2 * MK_TRUST_NAME]; /* the name, then which file was skipped */
  size_t named;                 /* length of the name alone */
  const struct mk_root *index;  /* the store in use, sorted by hash */
  size_t count;                 /* entries of the index */
  const unsigned char *der;     /* the bytes that the index points into */
  struct mk_root *own_index;    /* index of the files; NULL: nothing read */
  struct mk_buf own_der;        /* DER bytes of the files */
  size_t read;                  /* bytes of PEM text read so far */
  int lack; /* errno value of what the machine lacked, or 0 */
};

/* Two faults of mk_trust_add_file; compare their addresses. */
extern const char mk_trust_no_memory[];
extern const char mk_trust_none_in_file[];

/* Makes an empty store. */
void mk_trust_init(struct mk_trust *t);

/* Empties the store and frees its memory.  The name stays. */
void mk_trust_clear(struct mk_trust *t);

/* Returns the message for an errno value.  Sets t->lack if the machine lacks
** something, such as memory. */
const char *mk_trust_why(struct mk_trust *t, int error);

/* Returns true if the fault makes the whole store unusable: out of memory, or
** too large. */
bool mk_trust_is_fatal(const char *wrong);

/* Adds the certificates of a PEM file.  Returns what is wrong, or NULL.  Good
** certificates are added even if others are wrong.  `check` may be NULL; it
** gets the open descriptor and returns 0, or an errno value to refuse. */
const char *mk_trust_add_file(struct mk_trust *t, const char *path,
                              int (*check)(int fd));

/* Uses the certificates that were added: sorts them and removes duplicates. */
void mk_trust_use_own(struct mk_trust *t);

/* Uses the roots that are part of the binary. */
void mk_trust_use_embedded(struct mk_trust *t);

/* Returns true if one of the added certificates is a CA.  A folder may contain
** only the certificate of a server on this machine. */
bool mk_trust_has_ca(const struct mk_trust *t);

#endif
