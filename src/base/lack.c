/* lack.c - messages for errno values that mean that the machine ran out of a
** resource.
**
** Also replaces strerror with the linker option --wrap, so that Lua's libraries
** show these messages too.  The messages of musl are misleading: "No file
** descriptors available" for too many open files, and "Resource temporarily
** unavailable" for too many processes.
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
