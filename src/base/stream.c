/* stream.c - read and write functions that wait, even if the descriptor is
** non-blocking.
**
** Another process that shares a pipe or a terminal with mkrun can make the pipe
** or the terminal non-blocking at any time.
** SPDX-License-Identifier: MIT */
#include "base/stream.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

FILE *mk_stdin;

static bool wait_until(int fd, short events) {
  struct pollfd p = {.fd = fd, .events = events};
  return (errno == EAGAIN || errno == EWOULDBLOCK) && poll(&p, 1, -1) >= 0;
}

ssize_t mk_stream_read(int fd, void *bytes, size_t len) {
  ssize_t n;
  do n = read(fd, bytes, len);
  while (n < 0 && wait_until(fd, POLLIN));
  return n;
}

ssize_t mk_stream_write(int fd, const void *bytes, size_t len) {
  ssize_t n;
  do n = write(fd, bytes, len);
  while (n < 0 && wait_until(fd, POLLOUT));
  return n;
}

static ssize_t read_stdin(void *cookie, char *bytes, size_t len) {
  (void)cookie;
  return mk_stream_read(STDIN_FILENO, bytes, len);
}

static int seek_stdin(void *cookie, off_t *offset, int whence) {
  (void)cookie;
  off_t at = lseek(STDIN_FILENO, *offset, whence);
  if (at < 0) return -1;
  *offset = at;
  return 0;
}

bool mk_stream_open_stdin(void) {
  cookie_io_functions_t functions = {.read = read_stdin, .seek = seek_stdin};
  mk_stdin = fopencookie(NULL, "r", functions);
  return mk_stdin != NULL;
}
