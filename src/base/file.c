/* file.c - reads whole files up to a size limit, and replaces files atomically.
** SPDX-License-Identifier: MIT */
#include "base/file.h"

#include "base/bundle.h"
#include "base/owner.h"
#include "base/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_READ 4096

size_t mk_file_without_line_end(const char *bytes, size_t len) {
  if (len > 0 && bytes[len - 1] == '\n') len--;
  if (len > 0 && bytes[len - 1] == '\r') len--;
  return len;
}

void mk_file_wipe(char *bytes, size_t len) {
  if (!bytes) return;
  explicit_bzero(bytes, len);
  free(bytes);
}

/* Like realloc, but overwrites the old bytes with zeros. */
static char *grow(char *bytes, size_t len, size_t cap) {
  char *bigger = malloc(cap);
  if (bigger && bytes) memcpy(bigger, bytes, len);
  mk_file_wipe(bytes, len);
  return bigger;
}

static size_t first_size(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0 || st.st_size <= 0) return FIRST_READ;
  /* One byte for the NUL, and one byte so that read can detect the end. */
  return (size_t)st.st_size + 2;
}

static int read_all(int fd, size_t max, char **bytes, size_t *len) {
  size_t cap = first_size(fd), used = 0;
  if (cap > max + 2) cap = max + 2;
  char *data = malloc(cap);
  while (data) {
    ssize_t n = mk_stream_read(fd, data + used, cap - used - 1);
    if (n == 0) break;
    int error = n < 0 ? errno : 0;
    if (n > 0) used += (size_t)n;
    if (used > max) error = EFBIG;
    if (error) {
      mk_file_wipe(data, used);
      return error;
    }
    if (used == cap - 1) data = grow(data, used, cap *= 2);
  }
  if (!data) return ENOMEM;
  data[used] = '\0';
  *bytes = data;
  *len = used;
  return 0;
}

static int no_check(int fd) {
  (void)fd;
  return 0;
}

/* Copies a file of a bundle. */
static int read_bundled(const struct mk_bundle_entry *entry, size_t max,
                        char **bytes, size_t *len) {
  if (entry->len > max) return EFBIG;
  *bytes = malloc(entry->len + 1);
  if (!*bytes) return ENOMEM;
  memcpy(*bytes, entry->bytes, entry->len + 1);
  *len = entry->len;
  return 0;
}

static int read_path(const char *path, int (*check)(int fd), size_t max,
                     char **bytes, size_t *len) {
  struct mk_bundle_entry entry;
  if (!strcmp(path, "-")) return read_all(STDIN_FILENO, max, bytes, len);
  if (mk_bundle_find_file(path, &entry))
    return read_bundled(&entry, max, bytes, len);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  int error = check(fd);
  if (!error) error = read_all(fd, max, bytes, len);
  close(fd);
  return error;
}

int mk_file_read(const char *path, size_t max, char **bytes, size_t *len) {
  return read_path(path, no_check, max, bytes, len);
}

int mk_file_read_trusted(const char *path, size_t max, char **bytes,
                         size_t *len) {
  return read_path(path, mk_owner_check_input, max, bytes, len);
}

int mk_file_read_token(const char *path, size_t max, char **bytes, size_t *len,
                       unsigned *shown) {
  *shown = 0;
  if (!strcmp(path, "-")) return read_all(STDIN_FILENO, max, bytes, len);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  int error = mk_owner_check_mounted(fd);
  if (!error && !mk_owner_is_shown(fd, shown)) *shown = 0;
  if (!error) error = read_all(fd, max, bytes, len);
  close(fd);
  return error;
}

/* Replaces fopen with the linker option --wrap.  Opens each file with
** close-on-exec, so that child processes do not inherit files that a script
** opened with io.open.  A file of a bundle is opened for reading only. */
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);

FILE *__wrap_fopen(const char *path, const char *mode) {
  struct mk_bundle_entry entry;
  if (*mode == 'r' && !strchr(mode, '+') && mk_bundle_find_file(path, &entry))
    return mk_bundle_stream(&entry);
  char closed[8];
  int len = snprintf(closed, sizeof closed, "%se", mode);
  return __real_fopen(path, len < (int)sizeof closed ? closed : mode);
}

/* Returns the path of the file to replace, to be freed, or NULL with errno set.
** If `path` is a symbolic link to an existing file, returns the path of that
** file, so that the link itself is not replaced. */
static char *resolve(const char *path) {
  struct stat st;
  if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
    char *real = realpath(path, NULL);
    if (real || errno != ENOENT) return real;
  }
  return strdup(path);
}

static size_t folder_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Returns the folder of `path`, to be freed, or NULL if out of memory. */
static char *folder_of(const char *path) {
  size_t len = folder_length(path);
  return len ? strndup(path, len) : strdup(".");
}

#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x2000
#endif

/* Returns 0, or the errno value with which replacing the file by rename would
** fail.  `st` is the file's status from stat. */
static int check_replaceable(const char *path, const struct stat *st) {
  const uint64_t fixed = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
  struct statx file = {0}, in = {0};
  struct stat folder;
  char *name = folder_of(path);
  if (!name) return ENOMEM;
  int error = stat(name, &folder) == 0 ? 0 : errno;
  statx(AT_FDCWD, path, 0, 0, &file);
  statx(AT_FDCWD, name, 0, 0, &in);
  free(name);
  if (error) return error;
  if (file.stx_attributes & STATX_ATTR_MOUNT_ROOT) return EBUSY;
  if (folder.st_dev != st->st_dev) return EBUSY;
  if ((file.stx_attributes & fixed) || (in.stx_attributes & fixed))
    return EPERM;
  bool mine =
      geteuid() == 0 || st->st_uid == geteuid() || folder.st_uid == geteuid();
  return (folder.st_mode & S_ISVTX) && !mine ? EPERM : 0;
}

static int check_target(struct mk_temp_file *slot) {
  struct stat st;
  if (!*slot->path) return ENOENT;
  if (stat(slot->path, &st) != 0) {
    if (errno != ENOENT) return errno;
    /* A link that leads nowhere is there, too. */
    return !slot->overwrite && lstat(slot->path, &st) == 0 ? EEXIST : 0;
  }
  if (S_ISDIR(st.st_mode)) return EISDIR;
  if (!S_ISREG(st.st_mode)) return ENOTSUP;
  if (!slot->overwrite) return EEXIST;
  int error = check_replaceable(slot->path, &st);
  if (error) return error;
  if (!slot->mode) slot->mode = st.st_mode & 07777;
  return 0;
}

static mode_t default_mode(void) {
  mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/* Returns a template for mkostemp, "folder/.name.XXXXXX", to be freed, or NULL
** if out of memory. */
static char *temp_name(const char *path) {
  size_t folder = folder_length(path), size = strlen(path) + 9;
  char *temp = malloc(size);
  if (temp)
    snprintf(temp, size, "%.*s.%s.XXXXXX", (int)folder, path, path + folder);
  return temp;
}

static int write_all(int fd, const char *bytes, size_t len) {
  off_t at = 0;
  while (len > 0) {
    ssize_t n = pwrite(fd, bytes, len, at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes += n;
    at += n;
    len -= (size_t)n;
  }
  return 0;
}

/* Reserves MK_FILE_RESERVED bytes of disk space.  If the file system cannot
** reserve space, writes zeros instead.  `zeros` is not const, because a const
** array would be stored in the binary. */
static int prove_room(int fd) {
  static char zeros[MK_FILE_RESERVED];
  int error = posix_fallocate(fd, 0, MK_FILE_RESERVED);
  if (error == EOPNOTSUPP || error == ENOSYS || error == EINVAL) {
    error = write_all(fd, zeros, sizeof zeros);
    if (!error && fsync(fd) != 0) error = errno;
  }
  return error;
}

/* Opens the temporary file.  Never returns a descriptor from 0 to 2, even if
** one is free, because print would then write into the file. */
static int open_temp(char *temp) {
  int fd = mkostemp(temp, O_CLOEXEC);
  if (fd < 0 || fd > STDERR_FILENO) return fd;
  int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(fd);
  return higher;
}

/* Initializes the slot and does all checks that need no temporary file. */
static int begin_slot(struct mk_temp_file *slot, const char *path,
                      bool overwrite, mode_t mode) {
  bool is_link;
  *slot = (struct mk_temp_file){.fd = -1, .overwrite = overwrite, .mode = mode};
  int error = mk_owner_check_links(path, &is_link);
  if (error) return error;
  slot->path = resolve(path);
  return slot->path ? check_target(slot) : errno;
}

int mk_temp_file_check(const char *path, bool overwrite) {
  struct mk_temp_file slot;
  int error = begin_slot(&slot, path, overwrite, 0600);
  char *folder = error ? NULL : folder_of(slot.path);
  if (!error && !folder) error = ENOMEM;
  if (folder && faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0)
    error = errno;
  free(folder);
  mk_temp_file_close(&slot);
  return error;
}

int mk_temp_file_open(struct mk_temp_file *slot, const char *path,
                      bool overwrite, mode_t mode) {
  int error = begin_slot(slot, path, overwrite, mode);
  if (!error) {
    if (!slot->mode) slot->mode = default_mode();
    slot->temp = temp_name(slot->path);
    if (!slot->temp) error = ENOMEM;
  }
  if (!error) {
    slot->fd = open_temp(slot->temp);
    /* sweep.c does not remove a locked file. */
    slot->is_locked = slot->fd >= 0 && flock(slot->fd, LOCK_EX | LOCK_NB) == 0;
    error = slot->fd < 0 ? errno : prove_room(slot->fd);
  }
  if (error) mk_temp_file_close(slot);
  return error;
}

void mk_temp_file_keep(struct mk_temp_file *slot) {
  if (slot->fd >= 0) close(slot->fd);
  free(slot->path);
  free(slot->temp);
  slot->path = slot->temp = NULL;
  slot->fd = -1;
}

void mk_temp_file_close(struct mk_temp_file *slot) {
  if (slot->fd >= 0) unlink(slot->temp);
  mk_temp_file_keep(slot);
}

static int fill(struct mk_temp_file *slot, const void *bytes, size_t len) {
  int error = write_all(slot->fd, bytes, len);
  if (error) return error;
  if (ftruncate(slot->fd, (off_t)len) != 0) return errno;
  if (fchmod(slot->fd, slot->mode) != 0) return errno;
  return fsync(slot->fd) == 0 ? 0 : errno;
}

/* Gives the temporary file the name of the target.  If overwriting is not
** allowed, uses link, because link never overwrites a file.  Uses rename if the
** file system has no hard links. */
static int give_name(const struct mk_temp_file *slot) {
  if (!slot->overwrite) {
    if (link(slot->temp, slot->path) == 0)
      return unlink(slot->temp) == 0 ? 0 : errno;
    if (errno == EEXIST) return EEXIST;
  }
  return rename(slot->temp, slot->path) == 0 ? 0 : errno;
}

void mk_file_sync_folder(const char *path) {
  char *folder = folder_of(path);
  int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (fd >= 0) {
    fsync(fd);
    close(fd);
  }
  free(folder);
}

int mk_temp_file_store(struct mk_temp_file *slot, const void *bytes, size_t len,
                       bool *kept) {
  *kept = false;
  if (slot->fd < 0) return EBADF;
  int error = fill(slot, bytes, len);
  if (error) return error;
  error = give_name(slot);
  if (error) {
    *kept = true;
    return error;
  }
  mk_file_sync_folder(slot->path);
  mk_temp_file_keep(slot);
  return 0;
}

int mk_file_replace(const char *path, const void *bytes, size_t len,
                    mode_t mode) {
  struct mk_temp_file slot;
  bool kept;
  int error = mk_temp_file_open(&slot, path, true, mode);
  if (error) return error;
  error = mk_temp_file_store(&slot, bytes, len, &kept);
  mk_temp_file_close(&slot); /* after a success, the slot is already closed */
  return error;
}

const char *mk_file_why(int error) {
  if (error == ENOTSUP) return "not a regular file";
  if (error == EBUSY) return "a mount point, which cannot be replaced";
  if (error == ESTALE) return "somebody else has changed or removed it";
  if (error == MK_FILE_FOREIGN) return "belongs to another user";
  if (error == MK_FILE_FOREIGN_LINK)
    return "a link that another user made in a folder that all can write to";
  if (error == MK_FILE_UNTRUSTED)
    return "others own it or can write it: if it is to be trusted, make a "
           "copy of your own (cp, chmod go-w)";
  return strerror(error);
}

const char *mk_file_code(int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR: return "missing";
  case EACCES:
  case EPERM:
  case MK_FILE_FOREIGN:
  case MK_FILE_FOREIGN_LINK:
  case MK_FILE_UNTRUSTED:
  case EROFS: return "denied";
  case EEXIST: return "exists";
  case ENOSPC:
  case EDQUOT: return "full";
  case EFBIG: return "toobig";
  case ENOMEM: return "memory";
  default: return "io";
  }
}
