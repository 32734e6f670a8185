/* lack.h - messages for errno values that mean a lack of resources.
**
** Used by fault.c and for network errors.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_LACK_H
#define MK_BASE_LACK_H

/* Returns a message such as "too many open files" or "not enough memory", or
** NULL for other errno values.  strerror returns the same messages. */
const char *mk_lack(int error);

#endif
