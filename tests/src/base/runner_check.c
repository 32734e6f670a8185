/* runner_check.c - speaks to a runner as a program would that got hold of C in
** a confined run; prints what the runner does.
**
**     runner_check OTHER
**
** "echo granted" is granted.  OTHER is the number of a process of the caller,
** to which the runner must send no signal.
**
** Compiled by runner_spec.lua together with src/base/runner_*.c.
** SPDX-License-Identifier: MIT */
#include "base/redact.h"
#include "base/runner_serve.h"
#include "base/runner_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Parts that the runner uses, and of which nothing is tested here. */
void mk_redact_forget(void) {
}

bool mk_fault_memory(struct mk_fault *f) {
  (void)f;
  return false;
}

bool mk_fault_say(struct mk_fault *f, const char *format, ...) {
  (void)f;
  (void)format;
  return false;
}

static int runner;

/* Prints the answer to a request to start. */
static void tell(const char *name) {
  struct mk_runner_answer a;
  struct mk_runner_packet p = {.head = &a, .head_len = sizeof a};
  int error;
  do error = mk_runner_receive(runner, &p, 0);
  while (!error && a.kind != MK_RUNNER_STARTED);
  if (!error) error = a.value;
  printf("%s: %s\n", name, error ? strerrorname_np(error) : "started");
}

/* Sends bytes with `files` copies of standard error. */
static void send_bytes(const void *bytes, size_t len, size_t files) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * 8)];
  } control = {.bytes = {0}};
  struct iovec part = {(void *)bytes, len};
  struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
  int copies[8] = {2, 2, 2, 2, 2, 2, 2, 2};
  if (files > 0) {
    m.msg_control = control.bytes;
    m.msg_controllen = CMSG_SPACE(sizeof(int) * files);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int) * files);
    memcpy(CMSG_DATA(&control.header), copies, sizeof(int) * files);
  }
  if (sendmsg(runner, &m, MSG_NOSIGNAL) < 0) perror("sendmsg");
}

/* Sends a request to start with `len` bytes of text. */
static void start(const char *text, size_t len, uint32_t given, size_t files) {
  static char room[MK_RUNNER_TEXT_MAX + 4096];
  struct mk_runner_request r = {.kind = MK_RUNNER_START, .given = given};
  memcpy(room, &r, sizeof r);
  memcpy(room + sizeof r, text, len);
  send_bytes(room, sizeof r + len, files);
}

static void pass_on(int pid, int number) {
  struct mk_runner_request r = {
      .kind = MK_RUNNER_SIGNAL, .pid = pid, .number = number};
  send_bytes(&r, sizeof r, 0);
}

static void try_texts(void) {
  static char large[MK_RUNNER_TEXT_MAX + 1];
  start("echo granted", 13, 7, 3);
  tell("granted");
  start("echo other", 11, 7, 3);
  tell("not granted");
  start("echo granted", 12, 7, 3);
  tell("without its end");
  start("echo granted\0; id", 18, 7, 3);
  tell("with two ends");
  start("", 0, 7, 3);
  tell("without text");
  memset(large, 'x', sizeof large);
  start(large, sizeof large, 7, 3);
  tell("too long");
}

static void try_shapes(void) {
  struct mk_runner_request unknown = {.kind = 77};
  start("echo granted", 13, 7, 2);
  tell("two files for three");
  start("echo granted", 13, 1, 3);
  tell("three files for one");
  start("echo granted", 13, 7, 8);
  tell("eight files");
  start("echo granted", 13, UINT32_MAX, 3);
  tell("all bits");
  send_bytes("x", 1, 3);
  tell("short");
  send_bytes(&unknown, sizeof unknown, 0);
  tell("unknown kind");
}

/* The number of descriptors that the runner has open. */
static void tell_descriptors(pid_t pid) {
  char command[80];
  fflush(stdout);
  snprintf(command, sizeof command, "ls /proc/%d/fd | wc -l", (int)pid);
  if (system(command) != 0) puts("cannot list");
}

int main(int argc, char **argv) {
  static const struct mk_runner_command commands[] = {
      {.exact = "echo granted"}};
  struct mk_runner_grants grants;
  struct mk_fault fault = {0};
  int ends[2];
  pid_t parent = getpid();
  if (argc != 2 || !mk_runner_grants_new(&grants, commands, 1, &fault) ||
      socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return 2;
  pid_t pid = fork();
  if (pid == 0) mk_runner_serve(ends[1], parent, &grants);
  close(ends[1]);
  runner = ends[0];
  try_texts();
  try_shapes();
  pass_on(atoi(argv[1]), SIGTERM);
  pass_on(-1, SIGTERM);
  pass_on(0, SIGTERM);
  pass_on(getpid(), SIGTERM);
  start("echo granted", 13, 7, 3);
  tell("granted again");
  tell_descriptors(pid);
  close(runner);
  int status = -1;
  waitpid(pid, &status, 0);
  printf("ended with %d\n", status);
  mk_runner_grants_free(&grants);
  return 0;
}
