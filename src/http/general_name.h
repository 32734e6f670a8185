/* general_name.h - compares a name with a constraint (RFC 5280, 4.2.1.10).
**
** A constraint of a CA contains a base, such as ".example.com".  The names in
** certificates that the CA signed must be below the base, or must not be below
** the base.  name_constraints.c calls this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_GENERAL_NAME_H
#define MK_HTTP_GENERAL_NAME_H

#include "http/der.h"

/* The tags of the kinds of GeneralName. */
enum {
  MK_NAME_OTHER = 0xa0,
  MK_NAME_EMAIL = 0x81,
  MK_NAME_DNS = 0x82,
  MK_NAME_X400 = 0xa3,
  MK_NAME_DIRECTORY = 0xa4,
  MK_NAME_EDI = 0xa5,
  MK_NAME_URI = 0x86,
  MK_NAME_IP = 0x87,
  MK_NAME_ID = 0x88,
};

/* Returns true if `kind` is one of the tags MK_NAME_... The tag 0xa2, a
** constructed dNSName, is not one of them. */
bool mk_name_is_kind(unsigned char kind);

/* Returns true if a constraint with this base applies to this name. */
bool mk_name_concerns(unsigned char kind, struct mk_der name,
                      unsigned char base_kind, struct mk_der base);

/* The result of comparing a name with a base.  If several bases apply, the
** greatest value counts. */
enum mk_fit {
  MK_APART, /* the base does not cover the name */
  /* the name is a wildcard, and the base covers some of its hosts */
  MK_OVERLAPS,
  MK_FITS, /* the base covers the name completely */
  /* the name is malformed, or its kind or character set is unknown */
  MK_UNSURE,
};

/* Returns how the base covers the name.  Name and base are of the kind
** `kind`. */
enum mk_fit mk_name_fits(unsigned char kind, struct mk_der name,
                         struct mk_der base);

/* Returns true if the text looks like a host name: at least two labels, none of
** them empty, and none that begins or ends with "-". */
bool mk_name_is_like_host(struct mk_der text);

#endif
