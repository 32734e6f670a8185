/* general_name.h - whether a name lies below another one (RFC 5280, 4.2.1.10).
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_GENERAL_NAME_H
#define MK_HTTP_GENERAL_NAME_H

#include "http/der.h"

/* The kinds of GeneralName, by their tag. */
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

/* Is it one of these?  The tag of a constructed dNSName, 0xa2, is not. */
bool mk_name_is_kind(unsigned char kind);

/* Has a constraint with this base a say about this name? */
bool mk_name_concerns(unsigned char kind, struct mk_der name,
                      unsigned char base_kind, struct mk_der base);

/* In this order, the later one counts where there are several bases. */
enum mk_fit {
  MK_APART,
  MK_OVERLAPS, /* a wildcard: the base covers some of the names it stands for */
  MK_FITS,
  MK_UNSURE,
};

/* Two names of this kind: does the base cover the name?  Unsure when one is
** malformed, or its kind or its letters are not understood. */
enum mk_fit mk_name_fits(unsigned char kind, struct mk_der name,
                         struct mk_der base);

/* Is the text like the name of a host?  Two labels or more, none of them empty,
** none that begins or ends with "-". */
bool mk_name_is_like_host(struct mk_der text);

#endif
