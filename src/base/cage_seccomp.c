/* cage_seccomp.c - refuses system calls by a seccomp filter.
**
** A filter is a program for the kernel's machine for packet filters.  The
** constants and structs are those of the kernel's include/uapi/linux/seccomp.h,
** filter.h, bpf_common.h and audit.h, which musl does not have.
** SPDX-License-Identifier: MIT */
#include "base/cage_seccomp.h"

#include "base/cage_calls.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64: the kind of machine whose numbers
** of system calls this program was compiled with. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define MACHINE 0xC000003Eu
#elif defined(__aarch64__) && !defined(__ILP32__) &&                           \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define MACHINE 0xC00000B7u
#else
#define MACHINE 0u
#endif

enum { SET_FILTER = 1, ACTION_AVAIL = 2 }; /* operations of seccomp */
enum { TSYNC = 1 };                        /* flag: for all threads */

/* What becomes of a system call.  An errno value is added to FAIL. */
#define KILL 0x80000000u
#define FAIL 0x00050000u
#define ALLOW 0x7FFF0000u

/* Instructions on a register and, for KEEP and SHIFT, on a second register.
** Jumps have two distances: for yes and for no. */
enum {
  LOAD = 0x20,     /* loads 32 bits of `struct data` */
  CONSTANT = 0x00, /* loads the value */
  AND = 0x54,      /* keeps the bits of a mask */
  KEEP = 0x07,     /* copies the register to the second register */
  SHIFT = 0x7C,    /* shifts right, by the second register */
  EQUALS = 0x15,   /* jumps if equal */
  LEAST = 0x35,    /* jumps if equal or greater */
  JUMP = 0x05,     /* jumps always, by the value */
  RETURN = 0x06,
};

struct instruction {
  uint16_t code;
  uint8_t yes, no;
  uint32_t value;
};

struct filter {
  uint16_t len;
  struct instruction *code;
};

/* What a filter looks at. */
struct data {
  int32_t number;
  uint32_t machine;
  uint64_t instruction_pointer;
  uint64_t arguments[6];
};

enum { MOST_CODE = 256 };

struct program {
  size_t len;
  struct instruction code[MOST_CODE];
};

static void put(struct program *p, int code, size_t yes, size_t no,
                uint32_t value) {
  if (p->len < MOST_CODE)
    p->code[p->len] =
        (struct instruction){(uint16_t)code, (uint8_t)yes, (uint8_t)no, value};
  p->len++; /* one too many makes mk_seccomp_apply fail */
}

static void load_number(struct program *p) {
  put(p, LOAD, 0, 0, offsetof(struct data, number));
}

/* A set of system calls: bit `number % 32` of word `number / 32`. */
struct set {
  uint32_t words[MK_CALL_UNKNOWN / 32 + 1];
};

static void add(struct set *s, const int *numbers) {
  for (; *numbers != MK_CALL_END; numbers++)
    s->words[*numbers / 32] |= 1u << *numbers % 32;
}

/* Refuses the calls in the set.  Expects that the number is loaded, and leaves
** it so.
**
** The usual filter compares the number with each entry of a list.  The kernel
** takes 0.1 ms longer to translate such a filter. */
static void put_set(struct program *p, const struct set *s) {
  enum { WORDS = sizeof s->words / sizeof *s->words };
  put(p, AND, 0, 0, 31);
  put(p, KEEP, 0, 0, 0);
  load_number(p);
  for (uint32_t i = 0; i < WORDS; i++) {
    put(p, LEAST, 2, 0, (i + 1) * 32);
    put(p, CONSTANT, 0, 0, s->words[i]);
    put(p, JUMP, 0, 0, (WORDS - 1 - i) * 3);
  }
  put(p, SHIFT, 0, 0, 0);
  put(p, AND, 0, 0, 1);
  put(p, EQUALS, 0, 1, 1);
  put(p, RETURN, 0, 0, FAIL | EPERM);
  load_number(p);
}

/* Refuses the call if its argument is wrong.  Expects that the number is
** loaded, and leaves it so. */
static void put_check(struct program *p, const struct mk_call_check *c) {
  uint32_t at = (uint32_t)(offsetof(struct data, arguments) +
                           c->argument * sizeof(uint64_t) + c->upper * 4u);
  put(p, EQUALS, 0, c->count + 4u, (uint32_t)c->number);
  put(p, LOAD, 0, 0, at);
  put(p, AND, 0, 0, c->mask);
  for (size_t i = 0; i < c->count; i++) {
    size_t to_return = c->count - 1u - i; /* the instructions between */
    bool last = to_return == 0;
    if (c->only)
      put(p, EQUALS, to_return + 1, 0, c->values[i]);
    else
      put(p, EQUALS, to_return, last ? 1 : 0, c->values[i]);
  }
  put(p, RETURN, 0, 0, FAIL | EPERM);
  load_number(p);
}

static void put_checks(struct program *p) {
  /* A signal from this process to itself stays possible, for example to end as
  ** the signal would have ended it. */
  const uint32_t self = (uint32_t)getpid();
  const struct mk_call_check own[] = {
      {SYS_kill, 0, 0, true, UINT32_MAX, 1, {self}},
      {SYS_tgkill, 0, 0, true, UINT32_MAX, 1, {self}},
  };
  const struct mk_call_check *c = mk_call_checks;
  for (; c->number != MK_CALL_END; c++) put_check(p, c);
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) put_check(p, &own[i]);
}

/* Ends a process that makes calls of another kind of machine, whose numbers
** mean something else.  Leaves the number loaded. */
static void put_machine(struct program *p) {
  put(p, LOAD, 0, 0, offsetof(struct data, machine));
  put(p, EQUALS, 1, 0, MACHINE);
  put(p, RETURN, 0, 0, KILL);
  load_number(p);
}

static void assemble(struct program *p, const struct set *refused) {
  put_machine(p);
  /* The flags of clone3 are in memory, which a filter cannot look at.  After
  ** ENOSYS, C libraries try clone. */
  put(p, EQUALS, 1, 0, SYS_clone3);
  put(p, LEAST, 0, 1, MK_CALL_UNKNOWN);
  put(p, RETURN, 0, 0, FAIL | ENOSYS);
  put_set(p, refused);
  put_checks(p);
  put(p, RETURN, 0, 0, ALLOW);
}

bool mk_seccomp_find(void) {
  uint32_t action = FAIL;
  return MACHINE && syscall(SYS_seccomp, ACTION_AVAIL, 0, &action) == 0;
}

bool mk_seccomp_apply(bool binds, struct mk_fault *fault) {
  struct set refused = {{0}};
  struct program p = {.len = 0};
  add(&refused, mk_call_refused);
  if (!binds) add(&refused, mk_call_servers);
  assemble(&p, &refused);
  if (p.len > MOST_CODE)
    return mk_fault_say(fault, "seccomp: the filter is too long");
  struct filter f = {(uint16_t)p.len, p.code};
  long done = syscall(SYS_seccomp, SET_FILTER, TSYNC, &f);
  if (done == 0) return true;
  return mk_fault_say(fault, "seccomp: %s",
                      done > 0 ? "a thread cannot be held" : strerror(errno));
}

bool mk_seccomp_cut_network(void) {
  struct program p = {.len = 0};
  put_machine(&p);
  /* io_uring opens sockets by no call of its own. */
  put(&p, EQUALS, 1, 0, SYS_io_uring_setup);
  put(&p, LEAST, 0, 1, MK_CALL_UNKNOWN);
  put(&p, RETURN, 0, 0, FAIL | ENOSYS);
  put(&p, EQUALS, 0, 4, SYS_socket);
  put(&p, LOAD, 0, 0, offsetof(struct data, arguments));
  put(&p, EQUALS, 1, 0, AF_INET);
  put(&p, EQUALS, 0, 1, AF_INET6);
  put(&p, RETURN, 0, 0, FAIL | ENETUNREACH);
  put(&p, RETURN, 0, 0, ALLOW);
  struct filter f = {(uint16_t)p.len, p.code};
  return MACHINE && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         syscall(SYS_seccomp, SET_FILTER, 0, &f) == 0;
}
