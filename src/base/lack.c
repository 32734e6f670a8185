/* lack.c - errno values by which the machine says what it lacks.
**
** The linker puts this in the place of strerror (--wrap), for Lua's own
** libraries as well: musl calls a full table of descriptors "No file
** descriptors available", and a limit of processes "Resource temporarily
** unavailable".
** SPDX-License-Identifier: MIT */
#include "base/lack.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

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
