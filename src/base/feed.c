/* feed.c - runs a shell command and writes bytes to its standard input.
** SPDX-License-Identifier: MIT */
#include "base/feed.h"

#include "base/child.h"
#include "base/command.h"
#include "base/interrupt.h"
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Indexes of the two ends of a pipe. */
enum { READ, WRITE };

/* Milliseconds between two checks whether the command has ended. */
enum { PATIENCE = 20 };

/* Default capacity of a pipe in Linux, in pages of 4096 bytes. */
#define PIPE_PAGES 16

/* Seconds that the command may continue after mkrun got a signal. */
#define GRACE 10.0

/* A running command and the pipes to its standard input (`in`) and from its
** output (`out`).  mkrun keeps the read end of `in` open.  So mkrun can count
** the bytes that the command did not read, and mkrun gets no SIGPIPE if the
** command never reads. */
struct feed {
  struct mk_command command;
  int in[2], out[2];
  const char *bytes;
  size_t len;
  bool has_ended;
  int status;
};

static void close_end(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void close_all(struct feed *f) {
  close_end(&f->in[READ]);
  close_end(&f->in[WRITE]);
  close_end(&f->out[READ]);
  close_end(&f->out[WRITE]);
}

/* Opens a pipe.  Its descriptors are above 2, because the command's descriptors
** 0 to 2 are replaced before the command starts. */
static int open_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  for (int i = READ; i <= WRITE; i++) {
    if (ends[i] > STDERR_FILENO) continue;
    int higher = fcntl(ends[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (higher < 0) return errno;
    close(ends[i]);
    ends[i] = higher;
  }
  return 0;
}

/* Writes to the command what the pipe can take now.  Does not use stdio,
** because the buffer of stdio would keep a copy of the secret. */
static void write_some(struct feed *f) {
  ssize_t n = f->len ? write(f->in[WRITE], f->bytes, f->len) : 0;
  if (n < 0 && errno != EAGAIN && errno != EINTR) f->len = 0;
  if (n > 0) {
    f->bytes += n;
    f->len -= (size_t)n;
  }
  if (f->len == 0) close_end(&f->in[WRITE]);
}

/* Copies the output of the command to standard error.  Copies at most as many
** bytes as a pipe can hold, so that the function returns even if a background
** process of the command never stops printing. */
static void copy_output(struct feed *f) {
  char text[4096];
  ssize_t n = 1;
  if (f->out[READ] < 0) return;
  for (int i = 0; i < PIPE_PAGES && n != 0; i++) {
    n = read(f->out[READ], text, sizeof text);
    if (n < 0 && errno != EINTR) return;
    if (n > 0) fwrite(text, 1, (size_t)n, mk_stderr);
  }
  if (n == 0) close_end(&f->out[READ]);
}

static void check_exit(struct feed *f) {
  f->has_ended = mk_command_poll(&f->command, &f->status) != 0;
}

/* Returns true if mkrun got a signal other than `before`, and if at least GRACE
** seconds have passed since then.  `before` is the signal that mkrun had
** received when the command started, or 0. */
static bool is_over(int before) {
  return mk_interrupt_number() != before && mk_interrupt_age() >= GRACE;
}

/* Writes the input to the command and copies its output until the command ends.
** Does not wait for background processes that the command started.  Returns 0,
** or EINTR if the command did not end in time after a signal. */
static int feed_until_exit(struct feed *f, int before) {
  fcntl(f->in[WRITE], F_SETFL, O_NONBLOCK);
  fcntl(f->out[READ], F_SETFL, O_NONBLOCK);
  while (!f->has_ended && !is_over(before)) {
    struct pollfd fds[] = {{.fd = f->in[WRITE], .events = POLLOUT},
                           {.fd = f->out[READ], .events = POLLIN}};
    poll(fds, 2, PATIENCE);
    if (f->in[WRITE] >= 0) write_some(f);
    copy_output(f);
    check_exit(f);
  }
  copy_output(f);
  if (f->has_ended) return 0;
  mk_command_signal(&f->command, mk_interrupt_number());
  return EINTR;
}

int mk_feed(const char *command, const char *bytes, size_t len, int *status,
            size_t *left) {
  struct feed f = {.in = {-1, -1}, .out = {-1, -1}, .bytes = bytes, .len = len};
  int waiting = 0, before = mk_interrupt_number();
  fflush(NULL);
  mk_child_watch();
  int error = open_pipe(f.in);
  if (!error) error = open_pipe(f.out);
  const int files[] = {f.in[READ], f.out[WRITE], f.out[WRITE]};
  if (!error) error = mk_command_start(&f.command, command, files, NULL);
  close_end(&f.out[WRITE]);
  if (!error) {
    error = feed_until_exit(&f, before);
    if (ioctl(f.in[READ], FIONREAD, &waiting) != 0) waiting = 0;
  }
  *status = f.status;
  *left = f.len + (size_t)waiting;
  close_all(&f);
  return error;
}
