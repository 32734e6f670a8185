/* trust_store.h - a store of certificates, filled from files.
**
** For trust.c and trust_find.c alone; trust.h is for the others.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TRUST_STORE_H
#define MK_HTTP_TRUST_STORE_H

#include "base/buf.h"
#include "http/roots.h"

#include <stdbool.h>
#include <stddef.h>

#define MK_TRUST_NAME 512 /* of a name, and of what is said behind it */

struct mk_trust {
  char name[2 * MK_TRUST_NAME]; /* then what was passed over */
  size_t named;                 /* length of the name alone */
  const struct mk_root *index;  /* sorted by hash */
  size_t count;
  const unsigned char *der;
  struct mk_root *own_index; /* NULL: those of the binary */
  struct mk_buf own_der;
  size_t read; /* bytes of text so far */
  int lack;    /* errno value of what the machine lacked, or 0 */
};

/* What may be wrong with a file, beside other things. */
extern const char mk_trust_no_memory[];
extern const char mk_trust_none_in_file[];

/* An empty one. */
void mk_trust_init(struct mk_trust *t);

/* Empties it and gives its memory back; it keeps its name. */
void mk_trust_clear(struct mk_trust *t);

/* Returns the words for an errno value.  Notes it in `lack` if the machine
** lacks something, such as memory. */
const char *mk_trust_why(struct mk_trust *t, int error);

/* Is the store not what was asked for, however much was read? */
bool mk_trust_is_fatal(const char *wrong);

/* Reads a file: what is wrong with it, or NULL.  The good part of it counts,
** unless the caller gives up.  `check`, if any, may refuse it when it is
** open. */
const char *mk_trust_add_file(struct mk_trust *t, const char *path,
                              int (*check)(int fd));

/* Makes what was added the store: sorted, each certificate once. */
void mk_trust_use_own(struct mk_trust *t);

/* Makes the roots of the binary the store. */
void mk_trust_use_embedded(struct mk_trust *t);

/* May any of those that were added sign others?  A folder may hold nothing but
** the certificate of a server on this machine. */
bool mk_trust_has_ca(const struct mk_trust *t);

#endif
