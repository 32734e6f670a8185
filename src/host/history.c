/* history.c - keeps the statements of the prompt in a file of the user.
** SPDX-License-Identifier: MIT */
#include "host/history.h"

#include "base/buf.h"
#include "base/control.h"
#include "base/redact.h"
#include "base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX ((size_t)4 * 1024 * 1024)
#define STATEMENT_MAX ((size_t)64 * 1024)
/* When the file has so many statements, the older half is removed. */
#define STATEMENTS_MAX 2000
/* Least length in bytes of the part of a token that its beginning is told by.
 */
#define TOKEN_MIN 8
/* How often the lock is asked for, each 10 milliseconds. */
#define TRIES 20

/* The path of the file; empty if there is none. */
static char path[PATH_MAX];

/* --- Where the file is ---------------------------------------------------- */

/* Returns the value of a variable that is an absolute path, or NULL. */
static const char *folder_in(const char *name) {
  const char *value = getenv(name);
  return value && *value == '/' ? value : NULL;
}

static bool is_own_folder(const char *name) {
  struct stat s;
  return stat(name, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid();
}

/* Sets `path`.  Returns false if there is no place for the file.  The folder of
** another user, such as HOME of the user who called sudo, is none. */
static bool find_place(void) {
  const char *own = getenv("MKRUN_HISTORY");
  const char *home = folder_in("HOME"), *state = folder_in("XDG_STATE_HOME");
  int len;
  if (own)
    len = snprintf(path, sizeof path, "%s", own);
  else if (!home || !is_own_folder(home))
    return false;
  else
    len = snprintf(path, sizeof path, "%s%s/mkrun/history",
                   state ? state : home, state ? "" : "/.local/state");
  return len > 0 && (size_t)len < sizeof path;
}

/* Creates the missing folders of the file. */
static void make_folders(void) {
  for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
    *slash = '\0';
    mkdir(path, 0700);
    *slash = '/';
  }
}

/* Waits a little while another prompt has the lock.  Does not wait for one that
** was stopped. */
static bool lock(int fd) {
  const struct timespec pause = {.tv_nsec = 10 * 1000000};
  for (int i = 0; i < TRIES; i++) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) return false;
    nanosleep(&pause, NULL);
  }
  return false;
}

static bool is_usable(int fd) {
  struct stat s;
  return fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_uid == geteuid() &&
         (size_t)s.st_size <= FILE_MAX &&
         (!(s.st_mode & 077) || fchmod(fd, 0600) == 0);
}

/* Returns -1 if the file cannot be opened, or is no regular file of this
** user. */
static int open_file(int flags) {
  int fd = *path ? open(path, flags | O_CLOEXEC | O_NONBLOCK, 0600) : -1;
  if (fd < 0 || is_usable(fd)) return fd;
  close(fd);
  return -1;
}

/* Opens the file to change it, and locks it, so that no other prompt does so at
** the same time. */
static int open_locked(void) {
  int fd = open_file(O_RDWR | O_CREAT);
  if (fd < 0 && errno == ENOENT) {
    make_folders();
    fd = open_file(O_RDWR | O_CREAT);
  }
  if (fd < 0 || lock(fd)) return fd;
  close(fd);
  return -1;
}

/* --- What may be in it ---------------------------------------------------- */

static bool is_token_byte(char c) {
  return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* Returns true if a part of the text looks like the beginning of a JWT. */
static bool has_token(const char *text) {
  for (const char *p = text; (p = strstr(p, "eyJ")); p++) {
    size_t len = 3;
    while (is_token_byte(p[len])) len++;
    if (len >= TOKEN_MIN) return true;
  }
  return false;
}

/* Returns true if redaction would change the text, or if out of memory. */
static bool has_secret(const char *text) {
  struct mk_buf clean;
  size_t used, len = strlen(text);
  if (!mk_redact_active()) return false;
  mk_buf_init(&clean, SIZE_MAX / 2);
  bool same = mk_redact(&clean, text, len, true, &used) && clean.len == len &&
              !memcmp(clean.data, text, len);
  mk_buf_free(&clean);
  return !same;
}

/* Returns true if a string follows "secret.new(", as in a call of the module's
** function.  If the statement is wrong, it was not run, and so the string is
** not known as a secret. */
static bool makes_secret(const char *text) {
  static const char module[] = "secret", call[] = ".new";
  for (const char *p = text; (p = strstr(p, module));) {
    p += sizeof module - 1;
    p += strspn(p, "\"')] ");
    if (strncmp(p, call, sizeof call - 1) != 0) continue;
    p += sizeof call - 1;
    p += strspn(p, " \t\n(");
    if (*p && strchr("\"'[", *p)) return true;
  }
  return false;
}

bool mk_history_may_keep(const char *statement) {
  return !has_token(statement) && !makes_secret(statement) &&
         !has_secret(statement);
}

/* --- Its lines ------------------------------------------------------------ */

/* Returns the length of the UTF-8 character at `p`, or 1 if there is none. */
static size_t character_at(const char *p, const char *end) {
  size_t len = 2;
  while (len <= 4 && len <= (size_t)(end - p) && mk_utf8_span(p, len) != len)
    len++;
  return len <= 4 && len <= (size_t)(end - p) && (*p & 0x80) ? len : 1;
}

static bool has_control(const char *text) {
  const char *end = text + strlen(text);
  for (const char *p = text; p < end; p += character_at(p, end))
    if (mk_control_at(p, end)) return true;
  return false;
}

/* Turns a line into its statement, in place.  Returns false if the line has a
** control character, which would reach the terminal. */
static bool decode(char *line) {
  char *to = line;
  if (has_control(line)) return false;
  for (const char *p = line; *p; p++) {
    bool is_escape = *p == '\\' && p[1];
    if (is_escape) p++;
    *to++ = is_escape && *p == 'n' ? '\n' : *p;
  }
  *to = '\0';
  return *line != '\0';
}

static bool encode(struct mk_buf *out, const char *statement) {
  for (const char *p = statement; *p; p++) {
    const char *escape = *p == '\n' ? "\\n" : *p == '\\' ? "\\\\" : NULL;
    if (!mk_buf_add(out, escape ? escape : p, escape ? 2 : 1)) return false;
  }
  return mk_buf_add(out, "\n", 1);
}

/* Reads the rest of the file into a text to be freed. */
static char *read_all(int fd) {
  struct stat s;
  if (fstat(fd, &s) != 0 || (size_t)s.st_size > FILE_MAX) return NULL;
  char *text = malloc((size_t)s.st_size + 1);
  ssize_t n = text ? read(fd, text, (size_t)s.st_size) : -1;
  if (n < 0) {
    free(text);
    return NULL;
  }
  for (ssize_t i = 0; i < n; i++)
    if (!text[i]) text[i] = '\x7f'; /* a control character, see decode */
  text[n] = '\0';
  return text;
}

/* Returns the next line of the text at `*rest` without its line break, or NULL
** at the end. */
static char *next_line(char **rest) {
  char *line = strsep(rest, "\n");
  return line && (*line || *rest) ? line : NULL;
}

static size_t count_lines(const char *text) {
  size_t count = 0;
  for (const char *p = text; (p = strchr(p, '\n')); p++) count++;
  return count;
}

void mk_history_open(void (*each)(const char *statement)) {
  if (!find_place()) {
    *path = '\0';
    return;
  }
  int fd = open_file(O_RDONLY);
  char *text = fd >= 0 ? read_all(fd) : NULL, *rest = text, *line;
  if (fd >= 0) close(fd);
  while (text && (line = next_line(&rest)))
    if (decode(line)) each(line);
  free(text);
}

/* Adds the lines of `text` that stay to `kept`.  Sets `*is_changed` if a line
** does not.  Returns false if out of memory. */
static bool keep_lines(struct mk_buf *kept, char *text, bool *is_changed) {
  size_t count = count_lines(text), len = strlen(text);
  if (len > 0 && text[len - 1] != '\n') *is_changed = true; /* was cut off */
  size_t skip = count >= STATEMENTS_MAX ? count / 2 : 0;
  for (char *line, *rest = text; (line = next_line(&rest));) {
    bool stays = skip == 0 && decode(line) && !has_secret(line);
    if (skip > 0) skip--;
    if (!stays) *is_changed = true;
    if (stays && !encode(kept, line)) return false;
  }
  return true;
}

static bool write_at(int fd, const struct mk_buf *b, off_t at) {
  return pwrite(fd, b->data, b->len, at) == (ssize_t)b->len;
}

/* Writes the file anew if a line is to go.  Otherwise appends the new line: it
** is at `old_len` in `b`. */
static void write_lines(int fd, const struct mk_buf *b, size_t old_len,
                        bool is_changed) {
  struct mk_buf line = *b;
  off_t end = lseek(fd, 0, SEEK_END);
  line.data += old_len;
  line.len -= old_len;
  bool good = write_at(fd, is_changed ? b : &line, is_changed ? 0 : end);
  if (is_changed && good) end = (off_t)b->len;
  if (is_changed || !good) (void)!ftruncate(fd, end);
}

void mk_history_add(const char *statement) {
  if (!*path || strlen(statement) > STATEMENT_MAX) return;
  int fd = open_locked();
  char *text = fd >= 0 ? read_all(fd) : NULL;
  struct mk_buf b;
  bool is_changed = false;
  mk_buf_init(&b, SIZE_MAX / 2);
  if (text && keep_lines(&b, text, &is_changed)) {
    size_t old_len = b.len;
    if (!mk_history_may_keep(statement) || encode(&b, statement))
      write_lines(fd, &b, old_len, is_changed);
  }
  mk_buf_wipe(&b);
  mk_buf_free(&b);
  free(text);
  if (fd >= 0) close(fd);
}
