/* trial_files.h - the open files of a trial: a run that `mkrun test` starts.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_TRIAL_FILES_H
#define MK_HOST_TRIAL_FILES_H

#include "host/trial.h"

#include <stdbool.h>

/* Sets the standard files of this process to those of the trial, and parts it
** from the other files of its starter.  `ends` has the write ends of the pipes.
** Returns false with errno set on failure. */
bool mk_trial_set_files(const struct mk_trial *trial, const int *ends);

#endif
