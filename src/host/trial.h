/* trial.h - starts runs of mkrun for `mkrun test`, each in a process of its
** own.
**
** Such a run, a trial, has a simulated clock, and its requests go to a sandbox
** that its starter chooses.  It reports to its starter by messages.
** trial_lua.c gives this to Lua.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_TRIAL_H
#define MK_HOST_TRIAL_H

#include "base/buf.h"
#include "host/trial_files.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mk_trial {
  /* The command line, and its number of words. */
  char **argv;
  int argc;
  /* The whole environment: NAME=VALUE. */
  char **variables;
  /* The working directory.  NULL: that of this process. */
  const char *folder;
  struct mk_trial_files files;
  /* The text that mk_trial_settings returns in the run. */
  const char *settings;
  size_t settings_len;
  /* The run's time when it starts, in seconds since 1970. */
  double clock;
  /* Seconds of real time that the run may take. */
  double limit;
  /* True: each message of the run gives it that time anew. */
  bool is_renewed;
  /* True: the run tells which lines of the user's files it has run. */
  bool counts_lines;
};

/* One of the pipes from the run. */
struct mk_trial_pipe {
  int fd; /* -1: closed */
  struct mk_buf text;
};

enum { MK_TRIAL_OUT, MK_TRIAL_ERR, MK_TRIAL_REPORT, MK_TRIAL_PIPES };

/* A run that was started. */
struct mk_trial_run {
  pid_t pid; /* 0: there is none */
  struct mk_trial_pipe pipes[MK_TRIAL_PIPES];
  /* When it is killed, by CLOCK_MONOTONIC. */
  double end;
  /* Seconds that each message gives the run, or 0. */
  double renewed;
  int status;   /* of waitpid */
  int signaled; /* signals sent to end it: 0, SIGTERM or SIGKILL */
  bool is_late; /* true: it took too long */
  bool is_full; /* true: it printed too much */
};

/* Starts a run.  Returns 0 or an errno value. */
int mk_trial_start(struct mk_trial_run *run, const struct mk_trial *trial);

/* Waits for something from the run and adds it to the pipes' texts.  Returns
** false when the run has ended. */
bool mk_trial_wait(struct mk_trial_run *run);

/* Kills the run if it has not ended, and frees everything. */
void mk_trial_free(struct mk_trial_run *run);

/* Returns the settings of the run of this process, or NULL if it is not a
** trial. */
const char *mk_trial_settings(size_t *len);

/* Sends a message to the starter: a text without line breaks.  Does nothing if
** this process is not a trial. */
void mk_trial_tell(const char *text, size_t len);

#endif
