/* lack.c - messages for errno values that mean a lack of resources.
**
** Also replaces strerror by the linker option --wrap, so that Lua's libraries
** have these messages too.  musl's own are misleading: "No file descriptors
** available" for too many open files, "Resource temporarily unavailable" for a
** process limit.
** SPDX-License-Identifier: MIT */
#include "base/lack.h"

#include <errno.h>
#include <stddef.h>

char *__real_strerror(int error);
char *__wrap_strerror(int error);

const char *mk_lack(int error) {
  switch (error) {
  case EMFILE: return "too many open files";
  case ENFILE: return "too many open files in the whole system";
  case ENOMEM:
  case ENOBUFS: return "not enough memory";
  case EAGAIN: return "not available now, such as one more process";
  default: return NULL;
  }
}

char *__wrap_strerror(int error) {
  const char *words = mk_lack(error);
  return words ? (char *)words : __real_strerror(error);
}
