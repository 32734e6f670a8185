/* lack.h - messages for errno values that mean that the machine ran out of a
** resource.
**
** fault.c, lua/net.c, http/request.c and http/trust_store.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_LACK_H
#define MK_BASE_LACK_H

/* Returns a message such as "too many open files" or "not enough memory" if the
** errno value means that the machine ran out of a resource.  Returns NULL for
** all other errno values.  In mkrun, strerror returns the same messages. */
const char *mk_lack(int error);

#endif
