/* name.h - compares names of certificates by the rules of RFC 5280, 7.1.
**
** A PrintableString and a UTF8String can be the same name.  The case of ASCII
** letters and the number of blanks around and between words are ignored.  The
** trust store and the check of a certificate chain call this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_NAME_H
#define MK_HTTP_NAME_H

#include "http/der.h"

#include <stdint.h>

/* Returns the hash of a Name.  `name` includes the tag and the length of the
** Name.  If mk_name_same returns true for two Names, they have the same hash.
** vendor/roots.lua computes the same hash when it builds the embedded roots. */
uint32_t mk_name_hash(struct mk_der name);

/* Returns true if two Names are the same.  OpenSSL accepts more Names as the
** same: it treats a tab as a blank and supports more string types. */
bool mk_name_same(struct mk_der a, struct mk_der b);

#endif
