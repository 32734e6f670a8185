/* log.c - a file that only grows, and whose lines are on disk before the call
** returns.
** SPDX-License-Identifier: MIT */
#include "log.h"

#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE 0600

/* Locks it, and looks whether it is what it should be. */
static int take(struct mk_log *log, bool fresh) {
  struct stat st;
  if (flock(log->fd, LOCK_EX | LOCK_NB) != 0) return errno;
  if (fstat(log->fd, &st) != 0) return errno;
  if (!S_ISREG(st.st_mode)) return ENOTSUP;
  if (fresh && st.st_size > 0) return EEXIST;
  log->end = st.st_size;
  return fchmod(log->fd, MODE) == 0 ? 0 : errno;
}

int mk_log_open(struct mk_log *log, const char *path, bool fresh) {
  int flags = O_WRONLY | O_CLOEXEC | O_NONBLOCK | (fresh ? O_CREAT : 0);
  *log = (struct mk_log){.fd = open(path, flags, MODE)};
  if (log->fd < 0) return errno;
  int error = take(log, fresh);
  if (!error && fresh) mk_file_sync_folder(path);
  if (error) mk_log_close(log);
  return error;
}

static int write_all(struct mk_log *log, const char *bytes, size_t len) {
  off_t at = log->end;
  while (len > 0) {
    ssize_t n = pwrite(log->fd, bytes, len, at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes += n;
    at += n;
    len -= (size_t)n;
  }
  return fdatasync(log->fd) == 0 ? 0 : errno;
}

int mk_log_append(struct mk_log *log, const void *bytes, size_t len) {
  if (log->fd < 0) return EBADF;
  int error = write_all(log, bytes, len);
  if (error)
    (void)!ftruncate(log->fd, log->end);
  else
    log->end += (off_t)len;
  return error;
}

int mk_log_cut(struct mk_log *log, off_t length) {
  if (log->fd < 0) return EBADF;
  if (length >= log->end) return 0;
  if (ftruncate(log->fd, length) != 0) return errno;
  log->end = length;
  return fsync(log->fd) == 0 ? 0 : errno;
}

void mk_log_close(struct mk_log *log) {
  if (log->fd >= 0) close(log->fd);
  log->fd = -1;
}
