/* append_log.c - appends bytes to a file and waits until the bytes are on disk.
** SPDX-License-Identifier: MIT */
#include "base/append_log.h"

#include "base/file.h"
#include "base/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE 0600

/* Locks the file and checks its type, owner and size. */
static int lock_and_check(struct mk_append_log *log,
                          enum mk_append_log_kind kind) {
  struct stat st;
  if (flock(log->fd, LOCK_EX | LOCK_NB) != 0) return errno;
  if (fstat(log->fd, &st) != 0) return errno;
  if (!S_ISREG(st.st_mode)) return ENOTSUP;
  int error = kind == MK_APPEND_LOG_TRUSTED ? mk_owner_check_input(log->fd)
                                            : mk_owner_check_output(log->fd);
  if (error) return error;
  log->end = st.st_size;
  if (kind != MK_APPEND_LOG_FRESH) return 0;
  if (st.st_size > 0) return EEXIST;
  return fchmod(log->fd, MODE) == 0 ? 0 : errno;
}

/* Returns a file descriptor, or -1 with errno set. */
static int open_file(const char *path, bool create) {
  bool is_link;
  int flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | (create ? O_CREAT : 0);
  errno = mk_owner_check_links(path, &is_link);
  if (errno) return -1;
  int fd = open(path, flags | (is_link ? 0 : O_NOFOLLOW), MODE);
  if (fd < 0 && errno == ELOOP && !is_link) errno = MK_FILE_FOREIGN_LINK;
  return fd;
}

int mk_append_log_open(struct mk_append_log *log, const char *path,
                       enum mk_append_log_kind kind) {
  bool fresh = kind == MK_APPEND_LOG_FRESH;
  *log = (struct mk_append_log){.fd = open_file(path, fresh)};
  if (log->fd < 0) return errno;
  int error = lock_and_check(log, kind);
  if (!error && fresh) mk_file_sync_folder(path);
  if (error) mk_append_log_close(log);
  return error;
}

int mk_append_log_read(const struct mk_append_log *log, char *bytes,
                       size_t len) {
  for (size_t at = 0; at < len;) {
    ssize_t n = pread(log->fd, bytes + at, len - at, (off_t)at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) return ESTALE; /* another process truncated the file */
    at += (size_t)n;
  }
  return 0;
}

static int write_all(struct mk_append_log *log, const char *bytes, size_t len) {
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

/* Returns ESTALE if another process removed the file or changed its length.
** Lines appended to a removed file would be lost. */
static int check_ours(const struct mk_append_log *log) {
  struct stat st;
  if (log->fd < 0) return EBADF;
  if (log->fault) return log->fault;
  if (fstat(log->fd, &st) != 0) return errno;
  return st.st_nlink > 0 && st.st_size == log->end ? 0 : ESTALE;
}

int mk_append_log_append(struct mk_append_log *log, const void *bytes,
                         size_t len) {
  int error = check_ours(log);
  if (error) return log->fault = error;
  error = write_all(log, bytes, len);
  if (error)
    (void)!ftruncate(log->fd, log->end);
  else
    log->end += (off_t)len;
  return log->fault = error;
}

/* Returns true if `len` more bytes stay within the file size limit
** (`ulimit -f`).  fallocate ignores this limit. */
static bool is_allowed(off_t end, size_t len) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0) return true;
  return limit.rlim_cur == RLIM_INFINITY || (rlim_t)end + len <= limit.rlim_cur;
}

int mk_append_log_reserve(struct mk_append_log *log, size_t len) {
  int error = check_ours(log);
  if (error) return error;
  if (!is_allowed(log->end, len)) return EFBIG;
  log->reserved = true;
  if (fallocate(log->fd, FALLOC_FL_KEEP_SIZE, log->end, (off_t)len) == 0)
    return 0;
  return errno == ENOSPC || errno == EDQUOT ? errno : 0;
}

int mk_append_log_cut(struct mk_append_log *log, off_t length) {
  int error = check_ours(log);
  if (error) return error;
  if (length >= log->end) return 0;
  if (ftruncate(log->fd, length) != 0) return errno;
  log->end = length;
  return fsync(log->fd) == 0 ? 0 : errno;
}

/* Frees the disk space that was reserved but not used. */
static void give_back(const struct mk_append_log *log) {
  if (!check_ours(log)) (void)!ftruncate(log->fd, log->end);
}

void mk_append_log_close(struct mk_append_log *log) {
  if (log->reserved) give_back(log);
  if (log->fd >= 0) close(log->fd);
  log->fd = -1;
}
