/* cage_check.c - closes a cage and prints what the kernel says to attempts to
** get out of it.
**
**     cage_check FOLDER PORT [thread]
**
** FOLDER/in may be written, FOLDER/read may be read, PORT may be connected to.
** With a third word, a thread runs before the cage is closed, and nothing is
** tried behind it.
**
** Each line has the name of an attempt and the name of the error, or "done".
**
** Compiled by cage_spec.lua together with src/base/cage*.c.
** SPDX-License-Identifier: MIT */
#include "base/cage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* The messages of the cage; nothing else of fault.c is needed. */
bool mk_fault_say(struct mk_fault *f, const char *format, ...) {
  va_list arguments;
  (void)f;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  return false;
}

static void tell(const char *name, long result) {
  printf("%s %s\n", name, result >= 0 ? "done" : strerrorname_np(errno));
}

/* Calls the system call, whose child would end at once. */
static void tell_child(const char *name, long number, long a, long b) {
  long pid = syscall(number, a, b, 0, 0, 0);
  if (pid == 0) _exit(0);
  tell(name, pid);
}

static void *nothing(void *data) {
  return data;
}

static void try_processes(void) {
  static char *const words[] = {"true", NULL};
  struct iovec part = {(void *)words, sizeof words};
  uint64_t flags[8] = {0};
  pthread_t thread;
  tell("execve", execve("/bin/true", words, NULL));
  tell("execveat",
       syscall(SYS_execveat, AT_FDCWD, "/bin/true", words, NULL, 0));
#ifdef SYS_fork
  tell_child("fork", SYS_fork, 0, 0);
#else
  tell_child("fork", SYS_clone, SIGCHLD, 0);
#endif
  tell_child("clone", SYS_clone, SIGCHLD, 0);
  tell_child("clone3", SYS_clone3, (long)flags, sizeof flags);
  tell("clone namespace",
       syscall(SYS_clone, CLONE_THREAD | CLONE_VM | CLONE_SIGHAND | CLONE_NEWNS,
               0, 0, 0, 0));
  tell("unshare", unshare(CLONE_NEWUSER));
  tell("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
  tell("process_vm_readv",
       syscall(SYS_process_vm_readv, getpid(), &part, 1, &part, 1, 0));
  tell("process_vm_writev",
       syscall(SYS_process_vm_writev, getpid(), &part, 1, &part, 1, 0));
  tell("pidfd_open", syscall(SYS_pidfd_open, getpid(), 0));
  tell("kill parent", kill(getppid(), 0));
  tell("kill all", kill(-1, 0));
  tell("tgkill parent", syscall(SYS_tgkill, getppid(), getppid(), 0));
  tell("kill self", kill(getpid(), 0));
  tell("raise", raise(SIGCHLD));
  tell("personality", personality(ADDR_NO_RANDOMIZE));
  tell("setuid", setuid(getuid()));
  errno = pthread_create(&thread, NULL, nothing, NULL);
  tell("thread", errno ? -1 : pthread_join(thread, NULL));
}

static void try_memory(void) {
  struct rlimit limit = {1, 1};
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  tell("mmap code", code == MAP_FAILED ? -1 : 0);
  tell("mprotect code", mprotect(page, 4096, PROT_READ | PROT_EXEC));
  tell("mprotect data", mprotect(page, 4096, PROT_READ));
  tell("memfd_create", memfd_create("x", 0));
  tell("dumpable again", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
  tell("limit of cores", setrlimit(RLIMIT_CORE, &limit));
  tell("prlimit", prlimit(0, RLIMIT_CORE, &limit, NULL));
  getrlimit(RLIMIT_CORE, &limit);
  printf("dumpable %d, core %d %d, no_new_privs %d\n",
         prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), (int)limit.rlim_cur,
         (int)limit.rlim_max, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

/* The effective and the permitted capabilities, lower and upper 32 bits. */
static void get_capabilities(uint32_t *caps) {
  uint32_t header[2] = {0x20080522, 0}, sets[6] = {0};
  syscall(SYS_capget, header, sets);
  caps[0] = sets[0];
  caps[1] = sets[1];
  caps[2] = sets[3];
  caps[3] = sets[4];
}

/* Says whether of the capabilities before those are left that the cage keeps:
** CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID, NET_BIND_SERVICE. */
static void tell_capabilities(const uint32_t *before) {
  uint32_t kept[4];
  get_capabilities(kept);
  bool same = kept[0] == (before[0] & 0x41f) && kept[1] == (before[1] & 0x41f);
  printf("capabilities %s\n",
         same && !kept[2] && !kept[3] ? "as expected" : "other");
}

static void try_machine(void) {
  char letter = 'x';
  tell("bpf", syscall(SYS_bpf, 0, NULL, 0));
  tell("perf_event_open", syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0));
  tell("keyctl", syscall(SYS_keyctl, 0, 0));
  tell("io_uring_setup", syscall(SYS_io_uring_setup, 1, NULL));
  tell("userfaultfd", syscall(SYS_userfaultfd, 0));
  tell("open_by_handle_at", syscall(SYS_open_by_handle_at, 0, NULL, 0));
  tell("mount", mount("none", "/mnt", "tmpfs", 0, NULL));
  tell("chroot", chroot("/"));
  tell("setns", setns(0, 0));
  tell("reboot", syscall(SYS_reboot, 0, 0, 0, NULL));
  tell("shmget", syscall(SYS_shmget, 0, 1, 0));
  tell("terminal input", ioctl(0, TIOCSTI, &letter));
  tell("future call", syscall(1000));
  tell("x32 call", syscall(0x40000000 | SYS_getpid));
}

static int connect_to(int type, int protocol, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, type, protocol);
  int result = fd < 0 ? -1 : connect(fd, (void *)&to, sizeof to);
  return result;
}

static int bind_to(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr = {htonl(INADDR_LOOPBACK)}};
  return bind(socket(AF_INET, SOCK_STREAM, 0), (void *)&to, sizeof to);
}

static void try_sockets(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)(port + 1)),
                           .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int pair[2];
  tell("connect granted", connect_to(SOCK_STREAM, 0, port));
  tell("connect other", connect_to(SOCK_STREAM, 0, port + 1));
  tell("connect by sendto", sendto(socket(AF_INET, SOCK_STREAM, 0), "x", 1,
                                   MSG_FASTOPEN, (void *)&to, sizeof to));
  tell("connect by MPTCP", connect_to(SOCK_STREAM, 262, port + 1));
  tell("bind", bind_to(port + 1));
  tell("listen", listen(socket(AF_INET, SOCK_STREAM, 0), 1));
  tell("datagram", connect_to(SOCK_DGRAM, 0, port));
  tell("raw socket", connect_to(SOCK_RAW, 1, port));
  tell("socket of a file", socket(AF_UNIX, SOCK_STREAM, 0));
  tell("pair of datagrams", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  tell("pair of streams", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static void try_files(void) {
  tell("read in", open("in/file", O_RDONLY));
  tell("write in", open("in/file", O_WRONLY | O_TRUNC));
  tell("create in", open("in/new", O_WRONLY | O_CREAT, 0600));
  tell("make folder in", mkdir("in/folder", 0700));
  tell("rename in", rename("in/new", "in/folder/new"));
  tell("link in", link("in/folder/new", "in/link"));
  tell("truncate in", truncate("in/link", 3));
  tell("remove in", unlink("in/link"));
  tell("read granted", open("read/file", O_RDONLY));
  tell("write granted to read", open("read/file", O_WRONLY));
  tell("truncate granted to read", truncate("read/file", 0));
  tell("rename granted to read", rename("read/file", "in/file2"));
  tell("link granted to read", link("read/file", "in/file2"));
  tell("remove granted to read", unlink("read/file"));
  tell("read out", open("out/file", O_RDONLY));
  tell("list out", open("out", O_RDONLY | O_DIRECTORY));
  tell("write out", open("out/file", O_WRONLY));
  tell("create out", open("out/new", O_WRONLY | O_CREAT, 0600));
  tell("truncate out", truncate("out/file", 0));
  tell("rename out", rename("in/file", "out/file2"));
  tell("rename from out", rename("out/file", "in/file2"));
  tell("link from out", link("out/file", "in/file2"));
  tell("remove out", unlink("out/file"));
  tell("make folder out", mkdir("out/folder", 0700));
  tell("make link in", symlink("../out/file", "in/symbolic"));
  tell("read by link", open("in/to-out", O_RDONLY));
  tell("write by link", open("in/to-out", O_WRONLY));
  tell("read by ..", open("in/../out/file", O_RDONLY));
  tell("chmod out", chmod("out/file", 0777));
  tell("chown out", chown("out/file", getuid(), getgid()));
  tell("touch out", utimensat(AT_FDCWD, "out/file", NULL, 0));
  tell("device", mknod("in/device", S_IFCHR, 0));
  tell("pipe in a folder", mkfifo("in/pipe", 0600));
  tell("own memory", open("/proc/self/mem", O_RDONLY));
  tell("own environment", open("/proc/self/environ", O_RDONLY));
}

static void *wait_forever(void *data) {
  pause();
  return data;
}

int main(int argc, char **argv) {
  int port = argc >= 3 ? atoi(argv[2]) : 0;
  pthread_t thread;
  uint32_t before[4];
  struct mk_cage_grant grants[] = {
      {MK_CAGE_WRITE, "in", 0},
      {MK_CAGE_READ, "read", 0},
      {MK_CAGE_READ, "missing/missing", 0},
      {MK_CAGE_CONNECT, NULL, (unsigned)port},
  };
  struct mk_cage_state state;
  struct mk_fault fault = {0};
  if (!port || chdir(argv[1]) != 0) return 2;
  get_capabilities(before);
  if (argc == 4 && pthread_create(&thread, NULL, wait_forever, NULL)) return 2;
  if (!mk_cage_close(grants, 4, &state, &fault)) return 1;
  if (argc == 4) return puts("closed") < 0;
  try_processes();
  try_memory();
  tell_capabilities(before);
  try_machine();
  try_sockets(port);
  try_files();
  return 0;
}
