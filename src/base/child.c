/* child.c - runs shell commands so that a signal can end the wait for them.
**
** The C library's system and pclose wait until the command ends, even after a
** signal, so mkrun could not be stopped meanwhile.  These versions forward the
** signal to the command and stop waiting.  They do wait for a command that was
** started after the signal: it cleans up.
** SPDX-License-Identifier: MIT */
#include "base/child.h"

#include "base/interrupt.h"
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE 0.2 /* seconds to wait after the pipe was closed */
#define TICK_MS 100

extern char **environ;

struct child {
  pid_t pid;
  int before;   /* last signal before the start, or 0 */
  int fd;       /* our end of the pipe */
  FILE *stream; /* what popen returned; wraps `fd` */
  struct child *next;
};

static struct child *children; /* started by popen and not yet closed */

int __wrap_system(const char *command);
FILE *__wrap_popen(const char *command, const char *mode);
int __wrap_pclose(FILE *stream);

static void wake(int number) {
  (void)number;
}

/* The parent of mkrun may have ignored or blocked SIGCHLD. */
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

/* Returns 0 or an errno value.  `pipe` becomes descriptor `as` of the command,
** unless it is -1.  The command gets the default action for signals in
** `reset`. */
static int start(struct child *c, const char *command, int pipe, int as,
                 const sigset_t *reset) {
  char *words[] = {"sh", "-c", (char *)command, NULL};
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&files);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  mk_child_watch();
  c->before = mk_interrupt_number();
  if (!error && reset) {
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    error = posix_spawnattr_setsigdefault(&attributes, reset);
  }
  if (!error && pipe >= 0)
    error = posix_spawn_file_actions_adddup2(&files, pipe, as);
  if (!error)
    error =
        posix_spawn(&c->pid, "/bin/sh", &files, &attributes, words, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

/* Returns true if a signal arrived after the start of `c`, at least `grace`
** seconds ago. */
static bool is_over(const struct child *c, double grace) {
  return mk_interrupt_number() != c->before && mk_interrupt_age() >= grace;
}

/* Sleeps until a signal or, after an interrupt, for one tick.  `masked` is the
** signal mask during the sleep. */
static void sleep_until_signal(const sigset_t *masked) {
  struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
  bool signalled = mk_interrupt_number() != 0;
  ppoll(NULL, 0, signalled ? &tick : NULL, masked);
}

/* Returns the status from waitpid with errno 0 (Lua reads errno too), or -1. */
static int wait_for(const struct child *c, double grace) {
  static const int wakes[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP};
  sigset_t blocked, before;
  int status = -1;
  sigemptyset(&blocked);
  for (size_t i = 0; i < sizeof wakes / sizeof *wakes; i++)
    sigaddset(&blocked, wakes[i]);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  pid_t found;
  while ((found = waitpid(c->pid, &status, WNOHANG)) == 0) {
    if (is_over(c, grace)) break;
    sleep_until_signal(&before);
  }
  int error = found > 0 ? 0 : found == 0 ? EINTR : errno;
  if (found == 0) kill(c->pid, mk_interrupt_number());
  sigprocmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return found > 0 ? status : -1;
}

/* Ignores SIGINT and SIGQUIT while the command runs, as POSIX requires: the
** terminal sends them to the command too. */
int __wrap_system(const char *command) {
  struct sigaction ignore = {.sa_handler = SIG_IGN}, on_int, on_quit;
  struct child c = {0};
  sigset_t reset;
  if (!command) return access("/bin/sh", X_OK) == 0;
  sigaction(SIGINT, &ignore, &on_int);
  sigaction(SIGQUIT, &ignore, &on_quit);
  sigemptyset(&reset);
  if (on_int.sa_handler != SIG_IGN) sigaddset(&reset, SIGINT);
  if (on_quit.sa_handler != SIG_IGN) sigaddset(&reset, SIGQUIT);
  int error = start(&c, command, -1, -1, &reset);
  int status = error ? -1 : wait_for(&c, 0);
  if (!error) error = errno;
  sigaction(SIGINT, &on_int, NULL);
  sigaction(SIGQUIT, &on_quit, NULL);
  errno = error;
  return status;
}

/* --- The pipe: non-blocking, so that a signal can end a read or a write --- */

/* Waits before another try.  False with errno set if the caller should give
** up. */
static bool wait_to_retry(const struct child *c, short events, double grace) {
  struct pollfd p = {.fd = c->fd, .events = events};
  if (errno != EINTR && errno != EAGAIN) return false;
  errno = EINTR;
  return !is_over(c, grace) && (poll(&p, 1, TICK_MS) >= 0 || errno == EINTR);
}

/* Returns the number of bytes written. */
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

/* Returns 0 or an errno value.  `reads` tells whether mkrun reads from c->fd or
** writes to it. */
static int start_with_pipe(struct child *c, const char *command, bool reads) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  int theirs = ends[reads];
  c->fd = ends[!reads];
  int error = start(c, command, theirs, reads ? 1 : 0, NULL);
  close(theirs);
  if (error)
    close(c->fd);
  else
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
  return error;
}

/* Returns 0 or an errno value. */
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
