/* general_name.h - whether a name lies below another one (RFC 5280, 4.2.1.10).
** SPDX-License-Identifier: MIT */
#ifndef MK_GENERAL_NAME_H
#define MK_GENERAL_NAME_H

#include "der.h"

/* The kinds of GeneralName, by their tag. */
enum {
  MK_NAME_OTHER = 0xa0,
  MK_NAME_EMAIL = 0x81,
  MK_NAME_DNS = 0x82,
  MK_NAME_DIRECTORY = 0xa4,
  MK_NAME_URI = 0x86,
  MK_NAME_IP = 0x87,
};

enum mk_fit { MK_APART, MK_FITS, MK_UNSURE };

/* Two names of this kind: does the base cover the name?  Unsure when one is
** malformed, or its kind or its letters are not understood. */
enum mk_fit mk_name_fits(unsigned char kind, struct mk_der name,
                         struct mk_der base);

/* Is the text like the name of a host?  Two labels or more, none of them empty,
** none that begins or ends with "-". */
bool mk_name_is_like_host(struct mk_der text);

#endif
