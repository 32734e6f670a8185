/* trial_files.h - the open files of a trial: a run that `mkrun test` starts.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_TRIAL_FILES_H
#define MK_HOST_TRIAL_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* The standard files of a trial. */
struct mk_trial_files {
  /* What the run reads from standard input. */
  const char *input;
  size_t input_len;
  /* True: the run prints where its starter prints.  False: what it prints is
  ** kept. */
  bool prints;
  /* True: what it prints on standard output goes to standard error. */
  bool is_aside;
};

/* Sets the standard files of this process to those of the trial, and parts it
** from the other files of its starter.  `out` and `err` are the write ends of
** the pipes for what is kept.  Returns false with errno set on failure. */
bool mk_trial_set_files(const struct mk_trial_files *files, int out, int err);

#endif
