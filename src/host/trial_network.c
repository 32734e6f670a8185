/* trial_network.c - takes the network away from a trial and its commands.
**
** The constants are those of the kernel's include/uapi/linux/seccomp.h,
** filter.h and audit.h, which musl does not have: see base/cage_seccomp.c.
** SPDX-License-Identifier: MIT */
#include "host/trial_network.h"

#include <errno.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#ifdef __aarch64__
#define MACHINE 0xC00000B7u
#else
#define MACHINE 0xC000003Eu
#endif

/* Offsets in the kernel's struct seccomp_data. */
enum { NUMBER = 0, ARCHITECTURE = 4, FAMILY = 16 };

enum { LOAD = 0x20, EQUALS = 0x15, RETURN = 0x06, FILTER_MODE = 2 };

#define FAIL 0x00050000u
#define ALLOW 0x7FFF0000u

struct instruction {
  uint16_t code;
  uint8_t yes, no; /* distances of a jump */
  uint32_t value;
};

void mk_trial_cut_network(void) {
  static const struct instruction code[] = {
      {LOAD, 0, 0, ARCHITECTURE}, {EQUALS, 0, 6, MACHINE},
      {LOAD, 0, 0, NUMBER},       {EQUALS, 0, 4, SYS_socket},
      {LOAD, 0, 0, FAMILY},       {EQUALS, 1, 0, AF_INET},
      {EQUALS, 0, 1, AF_INET6},   {RETURN, 0, 0, FAIL | ENETUNREACH},
      {RETURN, 0, 0, ALLOW},
  };
  const struct {
    uint16_t len;
    const struct instruction *code;
  } filter = {sizeof code / sizeof *code, code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
    prctl(PR_SET_SECCOMP, FILTER_MODE, &filter);
}
