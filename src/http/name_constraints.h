/* name_constraints.h - which names a CA may give (RFC 5280, 4.2.1.10).
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_NAME_CONSTRAINTS_H
#define MK_HTTP_NAME_CONSTRAINTS_H

#include "http/der.h"

/* The names of a certificate. */
struct mk_names {
  struct mk_der subject;   /* a Name */
  struct mk_der alt_names; /* GeneralNames; empty when there are none */
  bool server;             /* a common name like a host's counts as one */
};

enum mk_constrained {
  MK_PERMITTED,
  MK_NOT_PERMITTED, /* by any of those that are named */
  MK_EXCLUDED,
  MK_UNCLEAR, /* malformed, of an unknown kind, or too much to compare */
};

/* Holds all the names against the constraints of a CA, as OpenSSL does.  What
** cannot be evaluated is unclear, and never permitted. */
enum mk_constrained mk_names_check(struct mk_der constraints,
                                   const struct mk_names *names);

#endif
