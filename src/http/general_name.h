/* general_name.h - compares a name with a constraint (RFC 5280, 4.2.1.10).
**
** A constraint of a CA contains a base, such as ".example.com", that names of
** certificates must be below or must not be below.  name_constraints.c calls
** this.
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

/* Returns true if the tag is one of these.  0xa2, a constructed dNSName, is
** not. */
bool mk_name_is_kind(unsigned char kind);

/* Returns true if a constraint with this base applies to this name. */
bool mk_name_concerns(unsigned char kind, struct mk_der name,
                      unsigned char base_kind, struct mk_der base);

/* How a base covers a name.  If several bases apply, the greatest value
** counts. */
enum mk_fit {
  MK_APART,    /* not at all */
  MK_OVERLAPS, /* the name is a wildcard: the base covers some of its hosts */
  MK_FITS,     /* completely */
  MK_UNSURE,   /* malformed, or a kind or a character set that is unknown */
};

/* Returns how the base covers the name.  Both are of this kind. */
enum mk_fit mk_name_fits(unsigned char kind, struct mk_der name,
                         struct mk_der base);

/* Returns true if the text looks like a host name: at least two labels, none of
** them empty, and none that begins or ends with "-". */
bool mk_name_is_like_host(struct mk_der text);

#endif
