/* name.h - names of certificates, compared as RFC 5280, 7.1 wants.
**
** The same name may be written as PrintableString or as UTF8String, in upper or
** lower case (of ASCII), and with other blanks around and between its words.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_NAME_H
#define MK_HTTP_NAME_H

#include "http/der.h"

#include <stdint.h>

/* Of a Name, tag and length included.  Those of names that are the same are
** equal; vendor/roots.lua has the same function. */
uint32_t mk_name_hash(struct mk_der name);

/* Are these two the same?  Less is the same than for OpenSSL: it also takes a
** tab for a blank, and knows more kinds of text. */
bool mk_name_same(struct mk_der a, struct mk_der b);

#endif
