/* base_url.h - checks the base URL of an API.
**
** host/config.c and host/providers.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_BASE_URL_H
#define MK_HOST_BASE_URL_H

#include "base/fault.h"

/* The variables with the base URLs of further providers begin with this.  The
** provider's name follows, in capitals. */
#define MK_BASE_URL_PREFIX "MKRUN_BASE_URL_"

/* Returns a copy of the URL without slashes at its end, to be freed.  Returns
** NULL and sets a message if the URL cannot be a base URL, or if out of memory.
** `from` is the option or the variable with the URL, for the message. */
char *mk_base_url_of(const char *url, const char *from, struct mk_fault *fault);

#endif
