/* append_log.h - an append-only file: a write returns once it is on disk.
**
** lua/sys_log.c uses it for journals and audits, host/resume.c to read a
** journal.
**
** Functions return 0 or an errno value, as in file.h.  EWOULDBLOCK: another run
** has locked the file.  ESTALE: somebody else changed or removed the file since
** this run last wrote to it.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_APPEND_LOG_H
#define MK_BASE_APPEND_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mk_append_log {
  int fd;    /* -1 when closed */
  int fault; /* errno of a failed append; later ones fail too */
  off_t end; /* offset of the next write */
  bool reserved;
};

enum mk_append_log_kind {
  MK_APPEND_LOG_ANY,    /* must exist; its mode is kept */
  MK_APPEND_LOG_FRESH,  /* created with mode 0600; EEXIST if not empty */
  MK_APPEND_LOG_TRUSTED /* must exist and pass mk_owner_check_input */
};

/* Opens the file and locks it, so that no other run can write to it. */
int mk_append_log_open(struct mk_append_log *log, const char *path,
                       enum mk_append_log_kind kind);

/* Reads the first `len` bytes.  The file has log->end bytes. */
int mk_append_log_read(const struct mk_append_log *log, char *bytes,
                       size_t len);

/* Appends the bytes and syncs them to disk.  After a failure the file is cut
** back to its old length, and each later append fails: nobody knows which of
** the bytes reached the disk. */
int mk_append_log_append(struct mk_append_log *log, const void *bytes,
                         size_t len);

/* Reserves disk space for `len` more bytes, if the file system supports
** that. */
int mk_append_log_reserve(struct mk_append_log *log, size_t len);

/* Truncates the file to `length` bytes. */
int mk_append_log_cut(struct mk_append_log *log, off_t length);

/* Releases the lock and closes the file.  A closed log is fine. */
void mk_append_log_close(struct mk_append_log *log);

#endif
