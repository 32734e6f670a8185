/* file.h - reads whole files up to a size limit, and replaces files atomically.
**
** Used by all of src that reads or writes files.  Functions return 0 or an
** errno value; mk_file_why and mk_file_code turn it into a message and a code.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_FILE_H
#define MK_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MK_FILE_MAX ((size_t)256 * 1024 * 1024) /* limit for most files */

#define MK_FILE_RESERVED 16384 /* more than a token or a key needs */

/* Reads a whole file, or standard input when `path` is "-".  `*bytes` gets a
** NUL after the last byte; free it with mk_file_wipe or free.  EFBIG when the
** file has more than `max` bytes. */
int mk_file_read(const char *path, size_t max, char **bytes, size_t *len);

/* Like mk_file_read, but first checks the file with mk_owner_check_input.  For
** files that control a run.  Standard input is not checked. */
int mk_file_read_trusted(const char *path, size_t max, char **bytes,
                         size_t *len);

/* Like mk_file_read, for a file with a token.  The file may belong to another
** user, but only its owner may have write permission.  `*shown` gets its mode
** if others can read the file, else 0. */
int mk_file_read_token(const char *path, size_t max, char **bytes, size_t *len,
                       unsigned *shown);

/* Returns the length without a line break at the end, which `echo TOKEN > FILE`
** writes. */
size_t mk_file_without_line_end(const char *bytes, size_t len);

/* Overwrites the bytes with zeros and frees them.  NULL is fine. */
void mk_file_wipe(char *bytes, size_t len);

/* A temporary file that will replace `path`. */
struct mk_temp_file {
  int fd;     /* of the temporary file; -1 when closed */
  char *path; /* the target, with symbolic links resolved */
  char *temp; /* the temporary file, in the same folder */
  bool overwrite;
  mode_t mode;
};

/* Opens a temporary file (mode 0600) beside `path` and reserves a few kilobytes
** of disk space.  EEXIST when the target exists and `overwrite` is false.
** ENOTSUP when the target is not a regular file.  Also refuses a link that
** another user made in a folder such as /tmp. */
int mk_temp_file_open(struct mk_temp_file *slot, const char *path,
                      bool overwrite, mode_t mode);

/* Returns what mk_temp_file_open would return, without creating a file.  It
** cannot tell whether there is disk space. */
int mk_temp_file_check(const char *path, bool overwrite);

/* Writes the bytes, syncs the file, renames it to `path`, syncs the folder, and
** closes the slot.  If only the rename fails, the bytes stay in `temp` and
** `*kept` is true. */
int mk_temp_file_store(struct mk_temp_file *slot, const void *bytes, size_t len,
                       bool *kept);

/* Removes the temporary file and closes the slot.  A closed slot is fine. */
void mk_temp_file_close(struct mk_temp_file *slot);

/* Closes the slot without removing the temporary file.  For `*kept`. */
void mk_temp_file_keep(struct mk_temp_file *slot);

/* Opens, stores and closes in one call.  Mode 0 keeps the mode of an existing
** file; a new file gets 0666 minus the umask. */
int mk_file_replace(const char *path, const void *bytes, size_t len,
                    mode_t mode);

/* Syncs the folder of `path`, so that new names in it survive a crash.  Errors
** are ignored: some file systems cannot sync a folder. */
void mk_file_sync_folder(const char *path);

/* Returns a message such as "No such file or directory". */
const char *mk_file_why(int error);

/* "missing", "denied", "exists", "full", "toobig" or "io". */
const char *mk_file_code(int error);

#endif
