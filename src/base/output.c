/* output.c - standard output and standard error with secrets redacted.
** SPDX-License-Identifier: MIT */
#include "base/output.h"

#include "base/buf.h"
#include "base/interrupt.h"
#include "base/redact.h"
#include "base/stream.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE 16384
/* Bytes allocated at the start for messages on standard error, so that mkrun
** can report that it is out of memory. */
#define MESSAGE_SIZE 4096
/* Least length in bytes of a line that a confined run writes before it ends. */
#define LONG_LINE 65536

/* The state of one output stream. */
struct channel {
  int fd;
  bool is_terminal;
  /* errno value of the first write that failed, or 0. */
  int error;
  /* Bytes that are not redacted yet. */
  struct mk_buf held;
  /* Number of bytes in `held` before the last write. */
  size_t before;
  /* Bytes that are redacted and not written yet. */
  struct mk_buf clean;
};

FILE *mk_stdout, *mk_stderr;
static struct channel out, err;
static bool goes_on, confined;
/* The last byte that was written to the terminal. */
static char last_byte = '\n';

void mk_output_confine(void) {
  confined = true;
}

void mk_output_go_on(void) {
  goes_on = true;
}

bool mk_output_unread(int error) {
  return error == EPIPE && !goes_on;
}

static bool failed(struct channel *c) {
  if (!c->error) c->error = errno;
  if (c == &out && mk_output_unread(errno)) mk_interrupt_for(SIGPIPE);
  return false;
}

static bool write_all(struct channel *c, const char *bytes, size_t len) {
  while (len > 0) {
    ssize_t n = mk_stream_write(c->fd, bytes, len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(c);
    if (c->is_terminal && n > 0) last_byte = bytes[n - 1];
    bytes += n;
    len -= (size_t)n;
  }
  return true;
}

void mk_output_emergency(const char *text) {
  (void)!mk_stream_write(STDERR_FILENO, text, strlen(text));
}

/* Records that the stream lost output because of too little memory.  Prints a
** message if the stream is standard error, but only once per run.  For standard
** output, the host prints a message at the end of the run. */
static bool out_of_memory(struct channel *c) {
  static bool said;
  errno = ENOMEM;
  if (!c->error) c->error = ENOMEM;
  if (c != &err || said) return false;
  said = true;
  mk_output_emergency("mkrun: not enough memory to show a message\n");
  errno = ENOMEM;
  return false;
}

/* Returns the end of the last line in c->held that is far enough from the end
** for the secrets that contain a line break.  Skips what the last call saw. */
static size_t end_of_lines(const struct channel *c) {
  size_t rest = mk_redact_longest_of_lines();
  size_t from = c->before > rest ? c->before - rest : 0;
  size_t to = c->held.len > rest ? c->held.len - rest : 0;
  const char *data = c->held.data;
  const char *end = to > from ? memrchr(data + from, '\n', to - from) : NULL;
  return end ? (size_t)(end - data) + 1 : 0;
}

/* Returns the number of bytes in c->held that a confined run writes now.  The
** number depends on the length of the text and on its line breaks, and not on
** the secrets. */
static size_t ready(const struct channel *c) {
  size_t end = end_of_lines(c), longest = mk_redact_longest();
  if (c->is_terminal) return c->held.len;
  if (c->held.len - end > 2 * longest + LONG_LINE) return c->held.len - longest;
  return end;
}

static bool redact(struct channel *c, bool last, size_t *used) {
  const struct mk_buf *b = &c->held;
  mk_buf_clear(&c->clean);
  if (confined && !last)
    return mk_redact_until(&c->clean, b->data, b->len, ready(c), used);
  return mk_redact(&c->clean, b->data, b->len, last, used);
}

/* Redacts and writes the bytes in c->held.  If `last` is false, bytes at the
** end that may be the start of a secret stay in c->held. */
static bool drain(struct channel *c, bool last) {
  size_t used;
  if (c->held.len == 0) return true;
  if (!redact(c, last, &used)) return out_of_memory(c);
  size_t rest = c->held.len - used;
  if (rest > 0) memmove(c->held.data, c->held.data + used, rest);
  explicit_bzero(c->held.data + rest, used);
  c->held.len = rest;
  return write_all(c, c->clean.data, c->clean.len);
}

static ssize_t channel_write(void *cookie, const char *bytes, size_t len) {
  struct channel *c = cookie;
  bool good;
  c->before = c->held.len;
  if (!mk_redact_active())
    good = write_all(c, bytes, len);
  else if (mk_buf_add(&c->held, bytes, len))
    good = drain(c, false);
  else
    good = out_of_memory(c);
  return good ? (ssize_t)len : MK_WRITE_FAILED;
}

static bool release(struct channel *c) {
  return drain(c, true);
}

void mk_output_new_line(void) {
  fflush(mk_stdout);
  release(&out);
  release(&err);
  if (last_byte == '\n') return;
  putc('\n', mk_stdout);
  fflush(mk_stdout);
  release(&out);
}

static int channel_seek(void *cookie, off_t *offset, int whence) {
  struct channel *c = cookie;
  if (confined) errno = ESPIPE;
  if (confined || !release(c)) return -1;
  off_t at = lseek(c->fd, *offset, whence);
  if (at < 0) return -1;
  *offset = at;
  return 0;
}

static FILE *channel_open(struct channel *c, int fd) {
  cookie_io_functions_t functions = {.write = channel_write,
                                     .seek = channel_seek};
  c->fd = fd;
  c->is_terminal = isatty(fd);
  mk_buf_init(&c->held, SIZE_MAX / 2);
  mk_buf_init(&c->clean, SIZE_MAX / 2);
  return fopencookie(c, "w", functions);
}

bool mk_output_open(void) {
  static char buffer[BUFFER_SIZE];
  mk_stdout = channel_open(&out, STDOUT_FILENO);
  mk_stderr = channel_open(&err, STDERR_FILENO);
  if (!mk_stdout || !mk_stderr || !mk_buf_reserve(&err.held, MESSAGE_SIZE) ||
      !mk_buf_reserve(&err.clean, MESSAGE_SIZE)) {
    mk_output_emergency("mkrun: not enough memory\n");
    return false;
  }
  setvbuf(mk_stdout, buffer, out.is_terminal ? _IOLBF : _IOFBF, sizeof buffer);
  setvbuf(mk_stderr, NULL, _IONBF, 0);
  return true;
}

static void channel_reset(struct channel *c) {
  c->held.len = c->before = 0;
  c->error = 0;
  c->is_terminal = isatty(c->fd);
}

void mk_output_anew(void) {
  channel_reset(&out);
  channel_reset(&err);
  goes_on = confined = false;
}

static void channel_free(struct channel *c) {
  mk_buf_wipe(&c->held);
  mk_buf_free(&c->held);
  mk_buf_free(&c->clean);
}

bool mk_output_finish(void) {
  bool bad = ferror(mk_stdout) != 0;
  errno = 0;
  bool good = fflush(mk_stdout) == 0 && release(&out) && !bad;
  int error = out.error ? out.error : errno;
  release(&err);
  channel_free(&out);
  channel_free(&err);
  errno = error;
  return good;
}
