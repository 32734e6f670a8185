/* name_constraints.h - checks names against the constraints of a CA (RFC 5280,
** 4.2.1.10).  verdict.c calls this file for each certificate below the CA.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_NAME_CONSTRAINTS_H
#define MK_HTTP_NAME_CONSTRAINTS_H

#include "http/der.h"

/* The names of a certificate. */
struct mk_names {
  struct mk_der subject;   /* the subject, a Name in DER */
  struct mk_der alt_names; /* the extension subjectAltName, or empty */
  /* true for a server: a common name that looks like a host is checked, too */
  bool server;
};

/* The result of a check. */
enum mk_constrained {
  MK_PERMITTED,
  MK_NOT_PERMITTED, /* no permitted subtree covers a name */
  MK_EXCLUDED,      /* an excluded subtree covers a name */
  /* a name or a constraint is malformed, unknown or too long to compare */
  MK_UNCLEAR,
};

/* Checks all names against the nameConstraints of a CA, like OpenSSL.  Returns
** MK_UNCLEAR, never MK_PERMITTED, for a name or a constraint that cannot be
** evaluated. */
enum mk_constrained mk_names_check(struct mk_der constraints,
                                   const struct mk_names *names);

#endif
