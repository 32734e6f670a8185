/* append_log.h - a file that only grows, and whose lines are on disk before the
** call returns.
**
** Functions return 0 or an errno value, as in file.h; EWOULDBLOCK means that
** another run has the file, ESTALE that it is not the file any more that it was
** when it was last written to.  SPDX-License-Identifier: MIT */
#ifndef MK_BASE_APPEND_LOG_H
#define MK_BASE_APPEND_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mk_append_log {
  int fd;    /* -1 when it is closed */
  int fault; /* of the append that failed; after it nothing is added */
  off_t end; /* where the next bytes go */
  bool reserved;
};

enum mk_append_log_kind {
  MK_APPEND_LOG_ANY,    /* must exist, and keeps its mode */
  MK_APPEND_LOG_FRESH,  /* is made (0600), or has nothing in it: else EEXIST */
  MK_APPEND_LOG_TRUSTED /* must exist, and says what a run does: see owner.h */
};

/* Opens the file for this run alone.  It is nobody else's. */
int mk_append_log_open(struct mk_append_log *log, const char *path,
                       enum mk_append_log_kind kind);

/* Reads the first `len` bytes; all of it has log->end. */
int mk_append_log_read(const struct mk_append_log *log, char *bytes,
                       size_t len);

/* Adds the bytes and waits for the disk.  After a failure the file is as it
** was, if the system allows, and stays so: what the disk has of it, nobody
** knows. */
int mk_append_log_append(struct mk_append_log *log, const void *bytes,
                         size_t len);

/* Sees to it that there is room for so many bytes more, where the file system
** can promise that. */
int mk_append_log_reserve(struct mk_append_log *log, size_t len);

/* Drops what comes after the first `length` bytes. */
int mk_append_log_cut(struct mk_append_log *log, off_t length);

/* Also lets the next run have the file; a closed log is fine. */
void mk_append_log_close(struct mk_append_log *log);

#endif
