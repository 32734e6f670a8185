/* command.c - starts a shell command and finds out how it ended.
** SPDX-License-Identifier: MIT */
#include "base/command.h"

#include "base/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

/* Number of the descriptors that a command gets: 0 to 2. */
enum { FILES = 3 };

extern char **environ;

static int spawn(pid_t *pid, const char *text, const int *files,
                 const sigset_t *reset) {
  char *words[] = {"sh", "-c", (char *)text, NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (!error && reset) {
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    error = posix_spawnattr_setsigdefault(&attributes, reset);
  }
  for (int fd = 0; !error && fd < FILES; fd++)
    if (files[fd] >= 0)
      error = posix_spawn_file_actions_adddup2(&actions, files[fd], fd);
  if (!error)
    error = posix_spawn(pid, "/bin/sh", &actions, &attributes, words, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/* Asks the runner, which has none of mkrun's descriptors. */
static int ask_runner(struct mk_command *c, const char *text,
                      const int *files) {
  int all[FILES];
  for (int fd = 0; fd < FILES; fd++) {
    bool is_open = files[fd] >= 0 || fcntl(fd, F_GETFD) >= 0;
    all[fd] = files[fd] >= 0 ? files[fd] : is_open ? fd : -1;
  }
  return mk_runner_start(text, all, &c->job);
}

int mk_command_start(struct mk_command *c, const char *text, const int *files,
                     const sigset_t *reset) {
  *c = (struct mk_command){.pid = 0};
  if (mk_runner_is_open()) return ask_runner(c, text, files);
  return spawn(&c->pid, text, files, reset);
}

int mk_command_poll(const struct mk_command *c, int *status) {
  if (c->job) return mk_runner_poll(c->job, status);
  pid_t found = waitpid(c->pid, status, WNOHANG);
  return found > 0 ? 1 : (int)found;
}

void mk_command_signal(const struct mk_command *c, int number) {
  if (c->job)
    mk_runner_signal(c->job, number);
  else
    kill(c->pid, number);
}

void mk_command_sleep(const struct timespec *limit, const sigset_t *mask) {
  struct pollfd p = {.fd = mk_runner_descriptor(), .events = POLLIN};
  ppoll(&p, 1, limit, mask);
}
