/* runner_serve.c - the runner: a process outside of the cage that starts
** granted commands.
**
** The process that asks may be one in which a hostile script got hold of C.  So
** the runner believes nothing of a request: it compares the command with its
** own list, and it sends signals to nothing but commands that it started and
** that still run.
** SPDX-License-Identifier: MIT */
#include "base/runner_serve.h"

#include "base/redact.h"
#include "base/runner_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Number of commands that can run at a time. */
enum { MOST_RUNNING = 1024 };

extern char **environ;

/* Signals that may end mkrun.  The terminal sends them to the runner as well,
** which ends after mkrun. */
static const int ending[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};

/* Signals that mkrun passes on to a command. */
static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

enum {
  ENDING = sizeof ending / sizeof *ending,
  PASSED_ON = sizeof passed_on / sizeof *passed_on
};

struct server {
  int socket;
  const struct mk_runner_grants *grants;
  /* Signals with their default action in a command, and the mask of signals as
  ** mkrun had it. */
  sigset_t reset, mask;
  size_t running;
  pid_t pids[MOST_RUNNING];
  char text[MK_RUNNER_TEXT_MAX];
};

/* --- Starting ------------------------------------------------------------- */

/* Adds what becomes of the descriptors 0 to 2.  `files` has those of which a
** bit is set in `given`. */
static int place_files(posix_spawn_file_actions_t *actions, const int *files,
                       uint32_t given) {
  int error = 0;
  for (int fd = 0; !error && fd < MK_RUNNER_FILES; fd++)
    error = given & 1u << fd
                ? posix_spawn_file_actions_adddup2(actions, *files++, fd)
                : posix_spawn_file_actions_addclose(actions, fd);
  return error;
}

static int spawn(const struct server *s, const struct mk_runner_match *m,
                 const int *files, uint32_t given, pid_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (!error) error = place_files(&actions, files, given);
  if (!error) {
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &s->reset);
    posix_spawnattr_setsigmask(&attributes, &s->mask);
    error = posix_spawn(pid, m->path, &actions, &attributes, m->words, environ);
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

static size_t count_bits(uint32_t given) {
  return (given & 1) + (given >> 1 & 1) + (given >> 2 & 1);
}

/* Starts the command in s->text if it is granted.  Returns 0 or an errno
** value. */
static int start(struct server *s, const struct mk_runner_packet *p,
                 uint32_t given, pid_t *pid) {
  struct mk_runner_match m;
  if (p->text_len == 0 ||
      memchr(s->text, '\0', p->text_len) != s->text + p->text_len - 1)
    return EPROTO;
  if (given >= 1u << MK_RUNNER_FILES || count_bits(given) != p->file_count)
    return EPROTO;
  if (s->running == MOST_RUNNING) return EAGAIN;
  int error = mk_runner_grants_find(s->grants, s->text, &m);
  if (error) return error;
  error = spawn(s, &m, p->files, given, pid);
  free(m.words);
  if (!error) s->pids[s->running++] = *pid;
  return error;
}

/* --- Requests ------------------------------------------------------------- */

/* Sends an answer.  If mkrun is gone, the runner ends. */
static void answer(const struct server *s, int kind, pid_t pid, int value) {
  struct mk_runner_answer a = {.kind = kind, .pid = pid, .value = value};
  struct mk_runner_packet p = {.head = &a, .head_len = sizeof a};
  if (mk_runner_send(s->socket, &p) != 0) _exit(0);
}

static bool may_pass_on(int number) {
  for (size_t i = 0; i < PASSED_ON; i++)
    if (passed_on[i] == number) return true;
  return false;
}

static void pass_on(const struct server *s, pid_t pid, int number) {
  for (size_t i = 0; i < s->running; i++)
    if (s->pids[i] == pid && may_pass_on(number)) kill(pid, number);
}

static void serve_request(struct server *s) {
  struct mk_runner_request r;
  struct mk_runner_packet p = {.head = &r,
                               .head_len = sizeof r,
                               .text = s->text,
                               .text_len = sizeof s->text};
  pid_t pid = 0;
  int error = mk_runner_receive(s->socket, &p, 0);
  if (error == EPIPE) _exit(0);
  bool signals = !error && r.kind == MK_RUNNER_SIGNAL;
  if (!error && !signals) error = start(s, &p, r.given, &pid);
  for (size_t i = 0; i < p.file_count; i++) close(p.files[i]);
  if (signals)
    pass_on(s, r.pid, r.number);
  else
    answer(s, MK_RUNNER_STARTED, pid, error);
}

static void forget(struct server *s, pid_t pid) {
  for (size_t i = 0; i < s->running; i++)
    if (s->pids[i] == pid) s->pids[i--] = s->pids[--s->running];
}

static void report_ended(struct server *s) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    forget(s, pid);
    answer(s, MK_RUNNER_ENDED, pid, status);
  }
}

/* --- The process ---------------------------------------------------------- */

static void wake(int number) {
  (void)number;
}

/* Ignores the signals that may end mkrun.  Blocks SIGCHLD, except while the
** runner waits. */
static void set_signals(struct server *s) {
  struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
  struct sigaction note = {.sa_handler = wake};
  sigset_t child;
  sigemptyset(&s->reset);
  for (size_t i = 0; i < ENDING; i++) {
    sigaction(ending[i], &ignore, &before);
    if (before.sa_handler != SIG_IGN) sigaddset(&s->reset, ending[i]);
  }
  sigaction(SIGCHLD, &note, NULL);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, &s->mask);
  sigdelset(&s->mask, SIGCHLD);
}

static void close_from(int first) {
  if (syscall(SYS_close_range, first, ~0u, 0) == 0) return;
  long most = sysconf(_SC_OPEN_MAX);
  for (int fd = first; fd < most; fd++) close(fd);
}

/* Moves the socket to the descriptor 3 and closes all others.  The descriptors
** 0 to 2 stay occupied, because those of a command may not land there. */
static void keep_only_socket(struct server *s) {
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) nothing = s->socket;
  for (int fd = 0; fd < MK_RUNNER_FILES; fd++)
    if (nothing != fd && s->socket != fd) dup2(nothing, fd);
  if (s->socket != MK_RUNNER_FILES)
    s->socket = dup3(s->socket, MK_RUNNER_FILES, O_CLOEXEC);
  if (s->socket < 0) _exit(1);
  close_from(MK_RUNNER_FILES + 1);
}

/* Hides the memory from other processes, and overwrites the secrets that are
** registered for redaction. */
static void hide_memory(void) {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  mk_redact_forget();
}

_Noreturn void mk_runner_serve(int socket, pid_t parent,
                               const struct mk_runner_grants *grants) {
  static struct server s;
  s.socket = socket;
  s.grants = grants;
  set_signals(&s);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (getppid() != parent) _exit(0);
  hide_memory();
  keep_only_socket(&s);
  for (;;) {
    struct pollfd p = {.fd = s.socket, .events = POLLIN};
    report_ended(&s);
    if (ppoll(&p, 1, NULL, &s.mask) > 0) serve_request(&s);
  }
}
