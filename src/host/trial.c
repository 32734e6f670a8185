/* trial.c - starts runs of mkrun for `mkrun test`, each in a process of its
** own.
**
** The process is a fork of this one, which works without /proc.  It shares no
** state with the starter but what is constant: it makes a Lua state of its own,
** and reads command line and environment like any run.
** SPDX-License-Identifier: MIT */
#include "host/trial.h"

#include "base/cage_seccomp.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/interrupt.h"
#include "base/output.h"
#include "host/cover.h"
#include "host/host.h"
#include "host/trial_files.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Most bytes of output, and of messages that were not taken yet. */
#define MOST_OUTPUT ((size_t)64 * 1024 * 1024)
#define MOST_REPORT ((size_t)512 * 1024 * 1024)

/* Seconds for a run that was asked to end. */
#define GRACE 5

extern char **environ;

/* The trial that runs in this process. */
static struct {
  const struct mk_trial *trial; /* NULL if there is none */
  int report;
} own;

const char *mk_trial_settings(size_t *len) {
  if (!own.trial) return NULL;
  *len = own.trial->settings_len;
  return own.trial->settings;
}

static void send_all(const char *bytes, size_t len) {
  while (len > 0) {
    ssize_t n = write(own.report, bytes, len);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    bytes += n;
    len -= (size_t)n;
  }
}

void mk_trial_tell(const char *text, size_t len) {
  if (!own.trial) return;
  send_all(text, len);
  send_all("\n", 1);
}

/* --- In the new process --------------------------------------------------- */

/* Gives up with a message that the starter passes on. */
static void give_up(const char *what) {
  dprintf(STDERR_FILENO, "mkrun: test: %s: %s\n", what, strerror(errno));
  _exit(MK_FAILED);
}

/* Tells how far the simulated clock came.  An exit handler, so that it is told
** after os.exit, too. */
static void tell_clock(void) {
  char text[40];
  int len =
      snprintf(text, sizeof text, "clock %.15g", mk_clock_now(CLOCK_REALTIME));
  mk_trial_tell(text, (size_t)len);
}

static void become(const struct mk_trial *t, const int *ends, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(MK_FAILED);
  if (own.trial) close(own.report);
  own.trial = t;
  own.report = ends[MK_TRIAL_REPORT];
  if (!mk_trial_set_files(&t->files, ends[MK_TRIAL_OUT], ends[MK_TRIAL_ERR]))
    give_up("standard files");
  mk_output_anew();
  if (t->folder && chdir(t->folder) != 0) give_up(t->folder);
  /* Against mistakes: requests of mkrun go to the sandbox in any case. */
  mk_seccomp_cut_network();
  environ = t->variables;
  tzset();
  mk_clock_simulate(t->clock);
  mk_cover_begin(t->counts_lines ? mk_trial_tell : NULL);
  static bool registered; /* true in a trial that a trial starts */
  if (!registered) registered = atexit(tell_clock) == 0;
  exit(mk_host_main(t->argc, t->argv));
}

/* --- In the starter ------------------------------------------------------- */

static double real_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void close_end(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static int open_pipes(struct mk_trial_run *run, bool prints, int *ends) {
  for (int i = 0; i < MK_TRIAL_PIPES; i++) {
    int both[2];
    mk_buf_init(&run->pipes[i].text,
                i == MK_TRIAL_REPORT ? MOST_REPORT : MOST_OUTPUT);
    run->pipes[i].fd = ends[i] = -1;
    if (prints && i != MK_TRIAL_REPORT) continue;
    if (pipe2(both, O_CLOEXEC) != 0) return errno;
    fcntl(both[0], F_SETFL, O_NONBLOCK);
    run->pipes[i].fd = both[0];
    ends[i] = both[1];
  }
  return 0;
}

int mk_trial_start(struct mk_trial_run *run, const struct mk_trial *trial) {
  int ends[MK_TRIAL_PIPES] = {-1, -1, -1};
  memset(run, 0, sizeof *run);
  for (int i = 0; i < MK_TRIAL_PIPES; i++) run->pipes[i].fd = -1;
  mk_child_watch();
  int error = open_pipes(run, trial->files.prints, ends);
  pid_t parent = getpid();
  run->end = real_now() + trial->limit;
  run->renewed = trial->is_renewed ? trial->limit : 0;
  fflush(NULL);
  pid_t pid = error ? -1 : fork();
  if (pid == 0) become(trial, ends, parent);
  if (pid < 0 && !error) error = errno;
  if (pid > 0) setpgid(pid, pid);
  run->pid = pid > 0 ? pid : 0;
  for (int i = 0; i < MK_TRIAL_PIPES; i++) close_end(&ends[i]);
  return error;
}

/* Ends the run: with SIGTERM first, so that it can clean up. */
static void ask_to_end(struct mk_trial_run *run) {
  int number = run->signaled ? SIGKILL : SIGTERM;
  kill(-run->pid, number);
  run->signaled = number;
  run->end = real_now() + GRACE;
}

static void read_pipe(struct mk_trial_run *run, struct mk_trial_pipe *pipe) {
  static char bytes[65536];
  ssize_t n = read(pipe->fd, bytes, sizeof bytes);
  if (n > 0 && pipe == &run->pipes[MK_TRIAL_REPORT] && run->renewed > 0 &&
      !run->signaled)
    run->end = real_now() + run->renewed;
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    close_end(&pipe->fd);
  } else if (!mk_buf_add(&pipe->text, bytes, (size_t)n) && !run->is_full) {
    run->is_full = true;
    if (!run->signaled) ask_to_end(run);
  }
}

static bool is_over(struct mk_trial_run *run) {
  int before = run->signaled;
  if (!before && mk_interrupt_number()) ask_to_end(run);
  if (real_now() < run->end) return false;
  if (!before) run->is_late = true;
  if (before != SIGKILL) ask_to_end(run);
  return before == SIGKILL;
}

/* Waits for the end of the process, and reads what it left in the pipes.  A
** command that it started may still hold their other ends. */
static void finish(struct mk_trial_run *run) {
  siginfo_t ended;
  while (waitid(P_PID, (id_t)run->pid, &ended, WEXITED | WNOWAIT) < 0 &&
         errno == EINTR)
    if (is_over(run)) break;
  kill(-run->pid, SIGKILL); /* until waitpid nobody else gets this id */
  while (waitpid(run->pid, &run->status, 0) < 0 && errno == EINTR) continue;
  run->pid = 0;
  for (int i = 0; i < MK_TRIAL_PIPES; i++) {
    size_t len = SIZE_MAX;
    struct mk_trial_pipe *pipe = &run->pipes[i];
    while (pipe->fd >= 0 && len != pipe->text.len) {
      len = pipe->text.len;
      read_pipe(run, pipe);
    }
  }
}

/* The pipe of messages closes when the process ends, because no command
** inherits it. */
bool mk_trial_wait(struct mk_trial_run *run) {
  struct pollfd fds[MK_TRIAL_PIPES];
  double left = run->end - real_now();
  for (int i = 0; i < MK_TRIAL_PIPES; i++)
    fds[i] = (struct pollfd){.fd = run->pipes[i].fd, .events = POLLIN};
  int ms = left > 0 ? (int)fmin(left * 1000 + 1, 500) : 0;
  int found = poll(fds, MK_TRIAL_PIPES, ms);
  for (int i = 0; found > 0 && i < MK_TRIAL_PIPES; i++)
    if (fds[i].revents) read_pipe(run, &run->pipes[i]);
  if (run->pipes[MK_TRIAL_REPORT].fd >= 0 && !is_over(run)) return true;
  finish(run);
  return false;
}

void mk_trial_free(struct mk_trial_run *run) {
  if (run->pid > 0) {
    run->signaled = SIGKILL;
    kill(-run->pid, SIGKILL);
    finish(run);
  }
  for (int i = 0; i < MK_TRIAL_PIPES; i++) {
    close_end(&run->pipes[i].fd);
    mk_buf_free(&run->pipes[i].text);
  }
}
