/* file.h - reads whole files up to a size limit, and replaces files atomically.
**
** Called by all parts of mkrun that read or write files.  Functions return 0 or
** an errno value.  mk_file_why returns the message for such a value, and
** mk_file_code the error code for scripts.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_FILE_H
#define MK_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Size limit for most files that mkrun reads, in bytes. */
#define MK_FILE_MAX ((size_t)256 * 1024 * 1024)

/* Disk space that mk_temp_file_open reserves, in bytes.  A token or a key is
** always smaller. */
#define MK_FILE_RESERVED 16384

/* Reads a whole file, or standard input if `path` is "-".  Sets `*bytes` to a
** new buffer with the content and a NUL, and `*len` to the length without the
** NUL.  The caller frees the buffer with mk_file_wipe or free.  Returns EFBIG
** if the file has more than `max` bytes. */
int mk_file_read(const char *path, size_t max, char **bytes, size_t *len);

/* Like mk_file_read, but first checks the file with mk_owner_check_input, so
** that other users cannot control this run.  Standard input is not checked. */
int mk_file_read_trusted(const char *path, size_t max, char **bytes,
                         size_t *len);

/* Like mk_file_read, for a file that contains a token.  The file may belong to
** another user, but only the file's owner may have write permission.  Sets
** `*shown` to the file's permissions if other users can read the file, else to
** 0. */
int mk_file_read_token(const char *path, size_t max, char **bytes, size_t *len,
                       unsigned *shown);

/* Returns the length of the text without a line break at its end.  For example,
** `echo TOKEN > FILE` writes such a line break. */
size_t mk_file_without_line_end(const char *bytes, size_t len);

/* Overwrites the bytes with zeros and frees them.  Does nothing if `bytes` is
** NULL. */
void mk_file_wipe(char *bytes, size_t len);

/* A temporary file that will get the name `path` when its content is
** complete. */
struct mk_temp_file {
  /* Descriptor of the temporary file; -1 when the file is closed. */
  int fd;
  /* Path of the target, with symbolic links resolved. */
  char *path;
  /* Path of the temporary file, in the folder of the target. */
  char *temp;
  /* True if an existing target may be replaced. */
  bool overwrite;
  /* True if the temporary file is locked, so that mk_sweep keeps it. */
  bool is_locked;
  /* Permissions of the new target. */
  mode_t mode;
};

/* Opens a temporary file (mode 0600) in the folder of `path`, the target, and
** reserves a few kilobytes of disk space.  Returns EEXIST if the target exists
** and `overwrite` is false, and ENOTSUP if the target is not a regular file.
** Returns MK_FILE_FOREIGN_LINK if `path` is a symbolic link that another user
** made in a folder such as /tmp. */
int mk_temp_file_open(struct mk_temp_file *slot, const char *path,
                      bool overwrite, mode_t mode);

/* Returns the errno value that mk_temp_file_open would return, or 0, without
** creating a file.  Does not check for free disk space. */
int mk_temp_file_check(const char *path, bool overwrite);

/* Writes the bytes to the temporary file, renames the file to slot->path, and
** closes the slot.  Syncs the file and its folder to disk.  If only the rename
** fails, the temporary file keeps the bytes, and `*kept` is true. */
int mk_temp_file_store(struct mk_temp_file *slot, const void *bytes, size_t len,
                       bool *kept);

/* Removes the temporary file and closes the slot.  Does nothing if the slot is
** already closed. */
void mk_temp_file_close(struct mk_temp_file *slot);

/* Closes the slot without removing the temporary file.  Call it instead of
** mk_temp_file_close if mk_temp_file_store set `*kept`. */
void mk_temp_file_keep(struct mk_temp_file *slot);

/* Replaces the file at `path`, or creates it, with the given content.  Calls
** mk_temp_file_open, mk_temp_file_store and mk_temp_file_close.  If `mode` is
** 0, an existing file keeps its permissions, and a new file gets the default
** permissions: 0666 without the bits of the umask. */
int mk_file_replace(const char *path, const void *bytes, size_t len,
                    mode_t mode);

/* Syncs the folder of `path` to disk, so that a new file name in the folder
** survives a crash.  Errors are ignored, because some file systems cannot sync
** a folder. */
void mk_file_sync_folder(const char *path);

/* Returns the message for an errno value, such as "No such file or
** directory". */
const char *mk_file_why(int error);

/* Returns the error code that scripts get for an errno value: "missing",
** "denied", "exists", "full", "toobig" or "io". */
const char *mk_file_code(int error);

#endif
