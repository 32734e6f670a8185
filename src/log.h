/* log.h - a file that only grows, and whose lines are on disk before the call
** returns.
**
** Functions return 0 or an errno value, as in file.h; EWOULDBLOCK means that
** another run has the file.  SPDX-License-Identifier: MIT */
#ifndef MK_LOG_H
#define MK_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mk_log {
  int fd;    /* -1 when it is closed */
  off_t end; /* where the next bytes go */
};

/* Opens the file for this run alone, with mode 0600.  A `fresh` one is made,
** unless there is one with something in it (EEXIST); any other must exist. */
int mk_log_open(struct mk_log *log, const char *path, bool fresh);

/* Adds the bytes and waits for the disk.  After a failure the file is as it
** was, if the system allows. */
int mk_log_append(struct mk_log *log, const void *bytes, size_t len);

/* Drops what comes after the first `length` bytes. */
int mk_log_cut(struct mk_log *log, off_t length);

/* Also lets the next run have the file; a closed log is fine. */
void mk_log_close(struct mk_log *log);

#endif
