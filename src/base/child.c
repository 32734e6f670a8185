/* child.c - runs shell commands.  A signal ends the wait for a command.
**
** The C library's system and pclose wait until the command ends, even after a
** signal, so a signal could not stop mkrun during that time.  The replacements
** in this file forward the signal to the command and stop waiting.  If a
** command was started after the signal, the replacements wait until the command
** ends, because the script started this command to clean up.
** SPDX-License-Identifier: MIT */
#include "base/child.h"

#include "base/command.h"
#include "base/interrupt.h"
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Seconds that pclose waits for the command after a signal.  The command needs
** some time to end after its pipe was closed. */
#define GRACE 0.2

/* Milliseconds between two checks whether the wait must end. */
#define TICK_MS 100

struct child {
  struct mk_command command;
  /* Signal that mkrun had received before the command started, or 0. */
  int before;
  /* mkrun's end of the pipe to the command. */
  int fd;
  /* The stream that popen returned.  Reads from or writes to `fd`. */
  FILE *stream;
  struct child *next;
};

/* Commands that popen started and pclose has not closed yet. */
static struct child *children;

int __wrap_system(const char *command);
FILE *__wrap_popen(const char *command, const char *mode);
int __wrap_pclose(FILE *stream);

static void wake(int number) {
  (void)number;
}

/* Installs a handler for SIGCHLD and unblocks SIGCHLD.  mkrun may have been
** started with SIGCHLD ignored or blocked. */
void mk_child_watch(void) {
  static bool done;
  struct sigaction action = {.sa_handler = wake, .sa_flags = SA_RESTART};
  sigset_t only;
  if (done) return;
  sigemptyset(&only);
  sigaddset(&only, SIGCHLD);
  done = sigaction(SIGCHLD, &action, NULL) == 0 &&
         sigprocmask(SIG_UNBLOCK, &only, NULL) == 0;
}

/* Starts the shell command, as mk_command_start does.  Returns 0 or an errno
** value. */
static int start(struct child *c, const char *text, const int *files,
                 const sigset_t *reset) {
  mk_child_watch();
  c->before = mk_interrupt_number();
  return mk_command_start(&c->command, text, files, reset);
}

/* Returns true if a signal arrived after the command `c` started and at least
** `grace` seconds have passed since that signal. */
static bool is_over(const struct child *c, double grace) {
  return mk_interrupt_number() != c->before && mk_interrupt_age() >= grace;
}

/* Sleeps until a signal arrives.  If mkrun was already asked to stop, sleeps
** for at most TICK_MS, because there may be no further signal.  `masked` is the
** signal mask during the sleep. */
static void sleep_until_signal(const sigset_t *masked) {
  struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
  bool signalled = mk_interrupt_number() != 0;
  mk_command_sleep(signalled ? &tick : NULL, masked);
}

/* Waits until the command ends, or until is_over is true.  Returns the status
** from waitpid and sets errno to 0, because Lua checks errno as well.  Returns
** -1 with errno set if there is no status. */
static int wait_for(const struct child *c, double grace) {
  static const int wakes[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP};
  sigset_t blocked, before;
  int status = -1;
  sigemptyset(&blocked);
  for (size_t i = 0; i < sizeof wakes / sizeof *wakes; i++)
    sigaddset(&blocked, wakes[i]);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  int found;
  while ((found = mk_command_poll(&c->command, &status)) == 0) {
    if (is_over(c, grace)) break;
    sleep_until_signal(&before);
  }
  int error = found > 0 ? 0 : found == 0 ? EINTR : errno;
  if (found == 0) mk_command_signal(&c->command, mk_interrupt_number());
  sigprocmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return found > 0 ? status : -1;
}

/* Ignores SIGINT and SIGQUIT while the command runs, as POSIX requires.  The
** terminal sends these signals to the command as well. */
int __wrap_system(const char *command) {
  static const int inherited[] = {-1, -1, -1};
  struct sigaction ignore = {.sa_handler = SIG_IGN}, on_int, on_quit;
  struct child c = {0};
  sigset_t reset;
  if (!command) return access("/bin/sh", X_OK) == 0;
  sigaction(SIGINT, &ignore, &on_int);
  sigaction(SIGQUIT, &ignore, &on_quit);
  sigemptyset(&reset);
  if (on_int.sa_handler != SIG_IGN) sigaddset(&reset, SIGINT);
  if (on_quit.sa_handler != SIG_IGN) sigaddset(&reset, SIGQUIT);
  int error = start(&c, command, inherited, &reset);
  int status = error ? -1 : wait_for(&c, 0);
  if (!error) error = errno;
  sigaction(SIGINT, &on_int, NULL);
  sigaction(SIGQUIT, &on_quit, NULL);
  errno = error;
  return status;
}

/* --- The pipe: non-blocking, so that a signal can end a read or a write --- */

/* Called after a read or write on the pipe failed.  Waits until the pipe is
** ready.  Returns true if the caller should try again, and false with errno set
** if the caller should report the error. */
static bool wait_to_retry(const struct child *c, short events, double grace) {
  struct pollfd p = {.fd = c->fd, .events = events};
  if (errno != EINTR && errno != EAGAIN) return false;
  errno = EINTR;
  return !is_over(c, grace) && (poll(&p, 1, TICK_MS) >= 0 || errno == EINTR);
}

/* Writes to the pipe until all bytes are written, an error occurs, or is_over
** is true.  Returns the number of bytes written. */
static size_t write_some(const struct child *c, const char *bytes, size_t len,
                         double grace) {
  size_t given = 0;
  while (given < len) {
    ssize_t n = write(c->fd, bytes + given, len - given);
    if (n < 0 && !wait_to_retry(c, POLLOUT, grace)) break;
    if (n > 0) given += (size_t)n;
  }
  return given;
}

static ssize_t write_pipe(void *cookie, const char *bytes, size_t len) {
  size_t given = write_some(cookie, bytes, len, 0);
  return given == len ? (ssize_t)given : MK_WRITE_FAILED;
}

static ssize_t read_pipe(void *cookie, char *bytes, size_t len) {
  const struct child *c = cookie;
  ssize_t n;
  do n = read(c->fd, bytes, len);
  while (n < 0 && wait_to_retry(c, POLLIN, 0));
  return n;
}

static int close_pipe(void *cookie) {
  struct child *c = cookie;
  return close(c->fd);
}

/* Starts the command with a pipe between mkrun and the command.  `reads` is
** true if mkrun reads the command's output from c->fd, and false if mkrun
** writes the command's input to c->fd.  Returns 0 or an errno value. */
static int start_with_pipe(struct child *c, const char *command, bool reads) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  int theirs = ends[reads], files[] = {-1, -1, -1};
  c->fd = ends[!reads];
  files[reads ? STDOUT_FILENO : STDIN_FILENO] = theirs;
  int error = start(c, command, files, NULL);
  close(theirs);
  if (error)
    close(c->fd);
  else
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
  return error;
}

/* Starts the command and opens c->stream for the pipe.  `mode` is "r" or "w",
** as for popen.  Returns 0 or an errno value. */
static int open_stream(struct child *c, const char *command, const char *mode) {
  cookie_io_functions_t functions = {
      .read = read_pipe, .write = write_pipe, .close = close_pipe};
  int error = start_with_pipe(c, command, *mode == 'r');
  if (error) return error;
  c->stream = fopencookie(c, *mode == 'r' ? "r" : "w", functions);
  if (c->stream) return 0;
  close(c->fd);
  wait_for(c, GRACE);
  return ENOMEM;
}

FILE *__wrap_popen(const char *command, const char *mode) {
  struct child *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  int error = open_stream(c, command, mode);
  if (error) {
    free(c);
    errno = error;
    return NULL;
  }
  c->next = children;
  children = c;
  return c->stream;
}

int __wrap_pclose(FILE *stream) {
  struct child **at = &children;
  while (*at && (*at)->stream != stream) at = &(*at)->next;
  struct child *c = *at;
  if (!c) {
    errno = ECHILD;
    return -1;
  }
  *at = c->next;
  fclose(stream);
  int status = wait_for(c, GRACE);
  int error = errno;
  free(c);
  errno = error;
  return status;
}
