/* runner.c - starts granted commands outside of the cage.
** SPDX-License-Identifier: MIT */
#include "base/runner.h"

#include "base/runner_serve.h"
#include "base/runner_wire.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct mk_runner_job {
  pid_t pid;
  bool has_ended;
  int status;
  struct mk_runner_job *next;
};

/* The process has one runner.  `owner` is the process that opened it; a child
** of that process does not wait for it. */
static struct {
  int socket;
  pid_t pid, owner;
  bool is_gone;
  struct mk_runner_job *jobs;
} runner = {.socket = -1};

/* Ends the runner and waits for it, so that no zombie is left if the parent of
** mkrun reaps no others. */
static void end(void) {
  if (runner.owner != getpid()) return;
  close(runner.socket);
  runner.socket = -1;
  runner.is_gone = true;
  while (waitpid(runner.pid, NULL, 0) < 0 && errno == EINTR) continue;
}

static bool fail(struct mk_fault *fault, int error) {
  mk_fault_say(fault, "cannot start the runner of commands: %s",
               strerror(error));
  mk_fault_note(fault, error);
  return false;
}

static bool fork_runner(const struct mk_runner_grants *grants,
                        struct mk_fault *fault) {
  int ends[2];
  pid_t parent = getpid();
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(fault, errno);
  fflush(NULL);
  pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    mk_runner_serve(ends[1], parent, grants);
  }
  int error = errno;
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return fail(fault, error);
  }
  runner.socket = ends[0];
  runner.pid = pid;
  runner.owner = parent;
  atexit(end);
  return true;
}

bool mk_runner_open(const struct mk_runner_command *commands, size_t count,
                    struct mk_fault *fault) {
  struct mk_runner_grants grants;
  if (mk_runner_is_open())
    return mk_fault_say(fault, "the runner of commands runs already");
  if (!mk_runner_grants_new(&grants, commands, count, fault)) return false;
  bool good = fork_runner(&grants, fault);
  mk_runner_grants_free(&grants);
  return good;
}

bool mk_runner_is_open(void) {
  return runner.owner != 0;
}

int mk_runner_descriptor(void) {
  return runner.is_gone ? -1 : runner.socket;
}

/* --- Answers -------------------------------------------------------------- */

static void note_end(pid_t pid, int status) {
  struct mk_runner_job *job = runner.jobs;
  while (job && (job->has_ended || job->pid != pid)) job = job->next;
  if (!job) return;
  job->has_ended = true;
  job->status = status;
}

/* Receives one answer.  Returns 0 or an errno value: EAGAIN if `flags` has
** MSG_DONTWAIT and there is no answer. */
static int receive(struct mk_runner_answer *a, int flags) {
  struct mk_runner_packet p = {.head = a, .head_len = sizeof *a};
  if (runner.is_gone) return EPIPE;
  int error = mk_runner_receive(runner.socket, &p, flags);
  if (error && error != EAGAIN) runner.is_gone = true;
  if (!error && a->kind == MK_RUNNER_ENDED) note_end(a->pid, a->value);
  return error;
}

/* --- Jobs ----------------------------------------------------------------- */

/* Fills in the descriptors of a command.  Leaves out those that are closed. */
static void put_files(const int *files, struct mk_runner_request *r,
                      struct mk_runner_packet *p) {
  for (int fd = 0; fd < MK_RUNNER_FILES; fd++) {
    if (files[fd] < 0) continue;
    p->files[p->file_count++] = files[fd];
    r->given |= 1u << fd;
  }
}

/* Asks for the command and waits for the answer.  Returns 0 or an errno value.
 */
static int ask(const char *text, const int *files, pid_t *pid) {
  struct mk_runner_request r = {.kind = MK_RUNNER_START};
  struct mk_runner_packet p = {.head = &r,
                               .head_len = sizeof r,
                               .text = (char *)text,
                               .text_len = strlen(text) + 1};
  struct mk_runner_answer a;
  if (runner.is_gone) return EPIPE;
  if (p.text_len > MK_RUNNER_TEXT_MAX) return E2BIG;
  put_files(files, &r, &p);
  int error = mk_runner_send(runner.socket, &p);
  do {
    if (!error) error = receive(&a, 0);
  } while (!error && a.kind != MK_RUNNER_STARTED);
  if (error) return error;
  *pid = a.pid;
  return a.value;
}

int mk_runner_start(const char *text, const int *files,
                    struct mk_runner_job **job) {
  struct mk_runner_job *j = calloc(1, sizeof *j);
  if (!j) return ENOMEM;
  int error = ask(text, files, &j->pid);
  if (error) {
    free(j);
    return error;
  }
  j->next = runner.jobs;
  runner.jobs = *job = j;
  return 0;
}

static void drop(struct mk_runner_job *job) {
  struct mk_runner_job **at = &runner.jobs;
  while (*at != job) at = &(*at)->next;
  *at = job->next;
  free(job);
}

int mk_runner_poll(struct mk_runner_job *job, int *status) {
  struct mk_runner_answer a;
  int error = 0;
  while (!job->has_ended && !error) error = receive(&a, MSG_DONTWAIT);
  if (job->has_ended) {
    *status = job->status;
    drop(job);
    return 1;
  }
  if (error == EAGAIN) return 0;
  errno = ECHILD;
  return -1;
}

void mk_runner_signal(const struct mk_runner_job *job, int number) {
  struct mk_runner_request r = {
      .kind = MK_RUNNER_SIGNAL, .pid = job->pid, .number = number};
  struct mk_runner_packet p = {.head = &r, .head_len = sizeof r};
  if (!runner.is_gone) mk_runner_send(runner.socket, &p);
}
