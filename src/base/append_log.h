/* append_log.h - appends bytes to a file and waits until the bytes are on disk.
**
** lua/sys_log.c writes journals and audits with these functions, and
** host/resume.c reads a journal.
**
** Functions return 0 or an errno value, as in file.h.  EWOULDBLOCK means that
** another run has locked the file.  ESTALE means that another process changed
** or removed the file after this run last wrote to the file.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_APPEND_LOG_H
#define MK_BASE_APPEND_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mk_append_log {
  /* File descriptor; -1 when the log is closed. */
  int fd;
  /* errno value of the first append that failed, or 0.  Every later append
  ** fails with the same value. */
  int fault;
  /* File offset of the next append, in bytes. */
  off_t end;
  /* True if disk space after `end` was reserved. */
  bool reserved;
};

enum mk_append_log_kind {
  /* The file must exist.  Its permissions stay unchanged. */
  MK_APPEND_LOG_ANY,
  /* The file is created with mode 0600.  An existing file must be empty;
  ** otherwise opening returns EEXIST. */
  MK_APPEND_LOG_FRESH,
  /* The file must exist, and mk_owner_check_input must accept the file. */
  MK_APPEND_LOG_TRUSTED
};

/* Opens the file and locks it, so that no other run can write to it. */
int mk_append_log_open(struct mk_append_log *log, const char *path,
                       enum mk_append_log_kind kind);

/* Reads the first `len` bytes of the file into `bytes`.  `len` is at most
** log->end, the length of the file. */
int mk_append_log_read(const struct mk_append_log *log, char *bytes,
                       size_t len);

/* Appends the bytes and syncs them to disk.  After a failure, truncates the
** file to its old length.  Every later append fails too, because the failed
** append may have left some of its bytes on disk. */
int mk_append_log_append(struct mk_append_log *log, const void *bytes,
                         size_t len);

/* Reserves disk space for `len` more bytes, if the file system supports
** that. */
int mk_append_log_reserve(struct mk_append_log *log, size_t len);

/* Truncates the file to `length` bytes. */
int mk_append_log_cut(struct mk_append_log *log, off_t length);

/* Releases the lock and closes the file.  Does nothing if the log is already
** closed. */
void mk_append_log_close(struct mk_append_log *log);

#endif
