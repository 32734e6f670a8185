/* cage_calls.h - lists the system calls that a confined run does not get.
**
** Only cage_seccomp.c uses these lists.  Each list ends with a row whose number
** is MK_CALL_END.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CAGE_CALLS_H
#define MK_BASE_CAGE_CALLS_H

#include <stdbool.h>
#include <stdint.h>

enum { MK_CALL_END = -1 };

/* Calls with this number or a higher one are newer than these lists.  They fail
** with ENOSYS, as on a kernel that does not have them.  The numbers of x86-64's
** x32 calls are higher, too. */
enum { MK_CALL_UNKNOWN = 463 };

/* A system call of which an argument is looked at. */
struct mk_call_check {
  int number;
  /* Index of the argument, and 1 for its upper 32 bits, otherwise 0. */
  unsigned char argument, upper;
  /* True: only `values` are allowed.  False: they are refused. */
  bool only;
  /* The bits of the argument that are compared with `values`. */
  uint32_t mask;
  unsigned char count;
  uint32_t values[4];
};

extern const struct mk_call_check mk_call_checks[];

/* Calls that always fail with EPERM. */
extern const int mk_call_refused[];

/* Calls that fail with EPERM unless the process may wait for connections. */
extern const int mk_call_servers[];

#endif
