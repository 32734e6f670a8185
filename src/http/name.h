/* name.h - compares names of certificates by the rules of RFC 5280, 7.1.
**
** Two names are the same although one is a PrintableString and the other a
** UTF8String, although upper and lower case of ASCII letters differ, and
** although the blanks around and between the words differ.  The trust store and
** the check of a certificate chain call this.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_NAME_H
#define MK_HTTP_NAME_H

#include "http/der.h"

#include <stdint.h>

/* Returns the hash of a Name, given with tag and length.  Names that
** mk_name_same calls the same have the same hash.  vendor/roots.lua computes
** the same hash when it builds the embedded roots. */
uint32_t mk_name_hash(struct mk_der name);

/* Returns true if two Names are the same.  OpenSSL compares more loosely: a tab
** counts as a blank, and it knows more string types. */
bool mk_name_same(struct mk_der a, struct mk_der b);

#endif
