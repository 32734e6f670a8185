/* file.h - whole files: read with a ceiling, replaced in one step.
**
** Every function returns 0 or an errno value; mk_file_why and mk_file_code
** make words of it.  SPDX-License-Identifier: MIT */
#ifndef MK_BASE_FILE_H
#define MK_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MK_FILE_MAX ((size_t)256 * 1024 * 1024) /* for files in general */

#define MK_FILE_RESERVED 16384 /* more than a token or a key needs */

/* Reads a whole file, or standard input when `path` is "-".  `*bytes` gets a
** NUL after the last byte and is freed with mk_file_wipe or free.  A file of
** more than `max` bytes is EFBIG. */
int mk_file_read(const char *path, size_t max, char **bytes, size_t *len);

/* The same of a file that says what a run does: see owner.h.  Standard input is
** taken as it is. */
int mk_file_read_trusted(const char *path, size_t max, char **bytes,
                         size_t *len);

/* The same of a file with a token, which may be another user's, as long as only
** that one can write it; `*shown` gets its permissions when others can read it,
** or 0. */
int mk_file_read_token(const char *path, size_t max, char **bytes, size_t *len,
                       unsigned *shown);

/* Zeroes and frees; NULL is fine. */
void mk_file_wipe(char *bytes, size_t len);

/* A file that is about to get its content. */
struct mk_temp_file {
  int fd;     /* of the temporary file; -1 when the slot is closed */
  char *path; /* with symbolic links followed */
  char *temp; /* beside it */
  bool overwrite;
  mode_t mode;
};

/* Opens a temporary file (0600) beside `path` and makes sure that there is
** room for a few kilobytes.  Without `overwrite` an existing file is EEXIST;
** something that is no regular file is always refused (ENOTSUP), and so is a
** link that somebody else made in a folder such as /tmp. */
int mk_temp_file_open(struct mk_temp_file *slot, const char *path,
                      bool overwrite, mode_t mode);

/* Would mk_temp_file_open refuse?  Nothing is made, so that nobody can tell
 *whether
 ** there is room. */
int mk_temp_file_check(const char *path, bool overwrite);

/* Writes, syncs, renames, syncs the folder and closes the slot.  When only the
** last step under the right name fails the bytes stay in `temp`: then
** `*kept` is true. */
int mk_temp_file_store(struct mk_temp_file *slot, const void *bytes, size_t len,
                       bool *kept);

/* Removes the temporary file; a closed slot is fine. */
void mk_temp_file_close(struct mk_temp_file *slot);

/* Closes the slot and leaves the temporary file, after such a failure. */
void mk_temp_file_keep(struct mk_temp_file *slot);

/* All of it at once.  Mode 0 keeps that of an existing file, or is what the
** umask leaves of 0666. */
int mk_file_replace(const char *path, const void *bytes, size_t len,
                    mode_t mode);

/* What happened to names in the folder of `path` is on disk after this; some
** file systems cannot say. */
void mk_file_sync_folder(const char *path);

/* "No such file or directory"; the text is static. */
const char *mk_file_why(int error);

/* "missing", "denied", "exists", "full", "toobig" or "io". */
const char *mk_file_code(int error);

#endif
