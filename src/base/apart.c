/* apart.c - runs a function in a process of its own, for a second at most.
** SPDX-License-Identifier: MIT */
#include "base/apart.h"

#include "base/child.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What comes before the bytes of a message. */
struct head {
  uint64_t len;
  uint64_t kind;
};

/* Limits the process.  Its signals do again what they do by default, because
** the handlers are for a run of mkrun. */
static bool limit(void) {
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU};
  struct rlimit time, none = {0, 0};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    signal(signals[i], SIG_DFL);
  if (getrlimit(RLIMIT_CPU, &time) != 0) return false;
  if (time.rlim_cur > MK_APART_SECONDS) time.rlim_cur = MK_APART_SECONDS;
  return setrlimit(RLIMIT_CPU, &time) == 0 &&
         setrlimit(RLIMIT_CORE, &none) == 0;
}

int mk_apart_start(struct mk_apart *a, void (*run)(int fd, void *data),
                   void *data) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return errno;
  mk_child_watch();
  a->fd = ends[0];
  a->pid = fork();
  if (a->pid == 0) {
    close(ends[0]);
    if (limit()) run(ends[1], data);
    _exit(0);
  }
  int error = errno;
  close(ends[1]);
  if (a->pid > 0) return 0;
  close(ends[0]);
  return error;
}

static bool send_all(int fd, const char *bytes, size_t len) {
  while (len > 0) {
    ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n;
    len -= (size_t)n;
  }
  return true;
}

static bool receive_all(int fd, char *bytes, size_t len) {
  while (len > 0) {
    ssize_t n = recv(fd, bytes, len, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n;
    len -= (size_t)n;
  }
  return true;
}

bool mk_apart_send(int fd, enum mk_apart_kind kind, const char *bytes,
                   size_t len) {
  struct head head = {.len = len, .kind = kind};
  return send_all(fd, (const char *)&head, sizeof head) &&
         send_all(fd, bytes, len);
}

bool mk_apart_receive(int fd, enum mk_apart_kind *kind, struct mk_buf *text) {
  struct head head;
  mk_buf_clear(text);
  if (!receive_all(fd, (char *)&head, sizeof head)) return false;
  *kind = (enum mk_apart_kind)head.kind;
  if (!mk_buf_reserve(text, head.len)) return false;
  text->len = head.len;
  text->data[head.len] = '\0';
  return receive_all(fd, text->data, head.len);
}

/* Closing the socket lets a process that waits for an answer end. */
bool mk_apart_end(struct mk_apart *a) {
  int status = 0;
  pid_t ended;
  close(a->fd);
  while ((ended = waitpid(a->pid, &status, 0)) < 0 && errno == EINTR) continue;
  return ended > 0 && WIFSIGNALED(status) &&
         (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
}
