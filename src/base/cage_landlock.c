/* cage_landlock.c - holds this process to files and TCP ports by Landlock.
**
** The constants and structs are those of the kernel's include/uapi/linux/
** landlock.h, which musl does not have.  Landlock's documentation is
** https://docs.kernel.org/userspace-api/landlock.html.
** SPDX-License-Identifier: MIT */
#include "base/cage_landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights on files.  MAKE_CHAR to MAKE_SYM, except for MAKE_DIR and MAKE_REG,
** are never granted: devices, sockets, pipes and links. */
enum {
  EXECUTE = 1 << 0,
  WRITE_FILE = 1 << 1,
  READ_FILE = 1 << 2,
  READ_DIR = 1 << 3,
  REMOVE_DIR = 1 << 4,
  REMOVE_FILE = 1 << 5,
  MAKE_DIR = 1 << 7,
  MAKE_REG = 1 << 8,
  REFER = 1 << 13,     /* since version 2: rename between folders */
  TRUNCATE = 1 << 14,  /* since version 3 */
  IOCTL_DEV = 1 << 15, /* since version 5 */
};

/* Rights on TCP ports, since version 4. */
enum { BIND_TCP = 1 << 0, CONNECT_TCP = 1 << 1 };

/* What is kept inside, since version 6: abstract sockets and signals. */
enum { ABSTRACT_SOCKETS = 1 << 0, SIGNALS = 1 << 1 };

enum { ON_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV };
enum { READS = READ_FILE | READ_DIR };
enum {
  WRITES = READS | WRITE_FILE | TRUNCATE | MAKE_REG | MAKE_DIR | REMOVE_FILE |
           REMOVE_DIR | REFER
};

/* Argument of landlock_create_ruleset.  Older kernels have a shorter struct and
** accept this one if the rest is zero. */
struct ruleset {
  uint64_t files, ports, scopes;
};

enum { CREATE_VERSION = 1 };             /* flag of landlock_create_ruleset */
enum { PATH_BENEATH = 1, NET_PORT = 2 }; /* kinds of landlock_add_rule */

struct path_rule {
  uint64_t allowed;
  int32_t folder;
} __attribute__((packed));

struct port_rule {
  uint64_t allowed, port;
};

/* Returns all rights on files that the version knows. */
static uint64_t rights_of(int version) {
  static const int bits[] = {0, 13, 14, 15, 15, 16};
  int last = sizeof bits / sizeof *bits - 1;
  return (1u << bits[version < last ? version : last]) - 1;
}

/* A container may refuse all system calls that it does not know, by EPERM.  The
** kernel itself never answers this question so. */
bool mk_landlock_find(int *version, struct mk_fault *fault) {
  long found = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
  *version = found > 0 ? (int)found : 0;
  if (found >= 0 || errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM)
    return true;
  return mk_fault_say(fault, "Landlock: %s", strerror(errno));
}

static bool is_missing(int error) {
  return error == ENOENT || error == ENOTDIR || error == EACCES ||
         error == ELOOP || error == ENAMETOOLONG;
}

/* Returns the rights that the grant gives for the file.  Landlock refuses a
** rule for a file with a right that only folders have.  A device that may be
** written is a terminal, whose echo is switched off by ioctl. */
static uint64_t rights_for(const struct mk_cage_grant *g, int file) {
  struct stat st;
  uint64_t rights = g->right == MK_CAGE_WRITE ? WRITES : READS;
  if (fstat(file, &st) != 0 || S_ISDIR(st.st_mode)) return rights;
  if (S_ISCHR(st.st_mode) && g->right == MK_CAGE_WRITE) rights |= IOCTL_DEV;
  return rights & ON_FILE;
}

/* Adds a rule for the path.  Returns 0 or an errno value.  EBADFD: the path is
** a pipe or a socket, which Landlock does not hold. */
static int add_path(int rules, uint64_t known, const struct mk_cage_grant *g) {
  int file = open(g->path, O_PATH | O_CLOEXEC);
  if (file < 0) {
    bool skips = g->right == MK_CAGE_READ && is_missing(errno);
    return skips ? 0 : errno;
  }
  struct path_rule rule = {rights_for(g, file) & known, file};
  long done = syscall(SYS_landlock_add_rule, rules, PATH_BENEATH, &rule, 0);
  int error = done == 0 || errno == EBADFD ? 0 : errno;
  close(file);
  return error;
}

static int add_port(int rules, const struct mk_cage_grant *g) {
  struct port_rule rule = {g->right == MK_CAGE_BIND ? BIND_TCP : CONNECT_TCP,
                           g->port};
  return syscall(SYS_landlock_add_rule, rules, NET_PORT, &rule, 0) ? errno : 0;
}

static bool add(int rules, int version, const struct mk_cage_grant *g,
                struct mk_fault *fault) {
  if (g->right == MK_CAGE_READ || g->right == MK_CAGE_WRITE) {
    int error = add_path(rules, rights_of(version), g);
    return !error || mk_fault_say(fault, "%s: %s", g->path, strerror(error));
  }
  if (version < MK_LANDLOCK_PORTS) return true;
  int error = add_port(rules, g);
  return !error || mk_fault_say(fault, "port %u: %s", g->port, strerror(error));
}

static int new_rules(int version) {
  struct ruleset all = {.files = rights_of(version)};
  if (version >= MK_LANDLOCK_PORTS) all.ports = BIND_TCP | CONNECT_TCP;
  if (version >= MK_LANDLOCK_SIGNALS) all.scopes = ABSTRACT_SOCKETS | SIGNALS;
  return (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
}

bool mk_landlock_apply(int version, const struct mk_cage_grant *grants,
                       size_t count, struct mk_fault *fault) {
  int rules = new_rules(version);
  bool good = rules >= 0;
  if (!good) mk_fault_say(fault, "Landlock: %s", strerror(errno));
  for (size_t i = 0; good && i < count; i++)
    good = add(rules, version, &grants[i], fault);
  if (good && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
    good = mk_fault_say(fault, "Landlock: %s", strerror(errno));
  if (rules >= 0) close(rules);
  return good;
}
