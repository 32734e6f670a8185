/* cage.c - asks the kernel to hold this process to a list of grants.
** SPDX-License-Identifier: MIT */
#include "base/cage.h"

#include "base/cage_landlock.h"
#include "base/cage_seccomp.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef MK_DEBUG

/* Reports leaks now instead of at the end.  LeakSanitizer looks for leaks from
** a process of its own that traces this one, which the cage refuses; after this
** call it does not look again. */
__attribute__((weak)) void __lsan_do_leak_check(void);

static void look_for_leaks(void) {
  if (__lsan_do_leak_check) __lsan_do_leak_check();
}

/* Tests switch the kernel's part off, to prove what holds without it. */
static bool is_switched_off(void) {
  const char *word = getenv("MKRUN_TEST_CAGE");
  return word && !strcmp(word, "off");
}

#else

static void look_for_leaks(void) {
}

static bool is_switched_off(void) {
  return false;
}

#endif

/* Returns false if this process has several threads.  Landlock would not hold
** the others.  Leaving the group of threads changes nothing for a process of
** one thread and is refused to others, and takes less time than a look at
** /proc. Some containers refuse it to all.  Without /proc as well, returns
** true. */
static bool is_alone(void) {
  struct stat st;
  if (unshare(CLONE_THREAD) == 0) return true;
  if (errno == EINVAL) return false;
  return stat("/proc/self/task", &st) != 0 || st.st_nlink <= 3;
}

/* No program that this process starts gets more rights than this process has.
** Landlock and seccomp ask for that. */
static bool keep_rights(struct mk_fault *fault) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) return true;
  return mk_fault_say(fault, "no_new_privs: %s", strerror(errno));
}

/* No process of this user can read this one's memory, and no core dump holds
** it. */
static bool hide_memory(struct mk_fault *fault) {
  struct rlimit none = {0, 0};
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return mk_fault_say(fault, "not dumpable: %s", strerror(errno));
  if (setrlimit(RLIMIT_CORE, &none) == 0) return true;
  return mk_fault_say(fault, "no core dumps: %s", strerror(errno));
}

/* The capabilities that are kept, by include/uapi/linux/capability.h: those on
** the files of other users, and on ports below 1024. */
enum {
  CHOWN = 1 << 0,
  DAC_OVERRIDE = 1 << 1,
  DAC_READ_SEARCH = 1 << 2,
  FOWNER = 1 << 3,
  FSETID = 1 << 4,
  NET_BIND_SERVICE = 1 << 10,
  KEPT = CHOWN | DAC_OVERRIDE | DAC_READ_SEARCH | FOWNER | FSETID |
         NET_BIND_SERVICE
};

/* Gives up root's other capabilities: over processes, networks and the
** machine. */
static bool drop_capabilities(struct mk_fault *fault) {
  struct {
    uint32_t version;
    int32_t pid;
  } header = {0x20080522, 0};
  struct {
    uint32_t effective, permitted, inheritable;
  } sets[2]; /* the lower and the upper 32 bits */
  if (syscall(SYS_capget, &header, sets) != 0)
    return mk_fault_say(fault, "capabilities: %s", strerror(errno));
  for (int i = 0; i < 2; i++) {
    uint32_t kept = i == 0 ? KEPT : 0;
    sets[i].effective &= kept;
    sets[i].permitted &= kept;
    sets[i].inheritable = 0;
  }
  if (syscall(SYS_capset, &header, sets) == 0) return true;
  return mk_fault_say(fault, "capabilities: %s", strerror(errno));
}

bool mk_cage_probe(struct mk_cage_state *state, struct mk_fault *fault) {
  *state = (struct mk_cage_state){.landlock = 0};
  if (is_switched_off()) return true;
  if (!mk_landlock_find(&state->landlock, fault)) return false;
  state->seccomp = mk_seccomp_find();
  return true;
}

bool mk_cage_close(const struct mk_cage_grant *grants, size_t count,
                   struct mk_cage_state *state, struct mk_fault *fault) {
  static bool closed;
  bool binds = false;
  for (size_t i = 0; i < count; i++) binds |= grants[i].right == MK_CAGE_BIND;
  if (closed) return mk_fault_say(fault, "the cage is closed already");
  if (!mk_cage_probe(state, fault)) return false;
  /* Where the kernel holds nobody, another thread changes nothing.  An emulator
  ** (qemu-user) is such a kernel, and has threads of its own. */
  if ((state->landlock || state->seccomp) && !is_alone())
    return mk_fault_say(fault, "a thread runs already");
  look_for_leaks();
  closed = true;
  return keep_rights(fault) && drop_capabilities(fault) && hide_memory(fault) &&
         (!state->landlock ||
          mk_landlock_apply(state->landlock, grants, count, fault)) &&
         (!state->seccomp || mk_seccomp_apply(binds, fault));
}

void mk_cage_describe(const struct mk_cage_state *state, char *text) {
  const char *calls = state->seccomp ? "seccomp" : "no seccomp";
  if (!state->landlock)
    snprintf(text, MK_CAGE_TEXT, "no Landlock in this kernel, %s%s", calls,
             state->seccomp ? "" : " either");
  else
    snprintf(text, MK_CAGE_TEXT, "Landlock %d (files%s%s), %s", state->landlock,
             state->landlock >= MK_LANDLOCK_PORTS ? ", ports" : "",
             state->landlock >= MK_LANDLOCK_SIGNALS ? ", signals" : "", calls);
}
