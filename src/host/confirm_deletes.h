/* confirm_deletes.h - asks before a script with the tag `destructive` deletes.
**
** host/run.c and host/resume.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_CONFIRM_DELETES_H
#define MK_HOST_CONFIRM_DELETES_H

#include "host/options.h"
#include "host/script.h"

#include <stdbool.h>

/* Value for `approved`: the script itself asks, and may delete nothing before
** that. */
#define MK_CONFIRM_LATER "later"

/* Returns true if the user must be asked: the script has the tag and no
** argument --yes. */
bool mk_confirm_is_needed(const struct mk_options *o,
                          const struct mk_script *s);

/* Returns true if the script starts without a question here.  Built-in flows
** ask by themselves.  A script with the argument --yes does not ask, but its
** --yes could also be the value of another option. */
bool mk_confirm_later(const struct mk_options *o, const struct mk_script *s);

/* Calls `plan` in a child process, shows its output, and asks on the terminal
** (unless the script asks by itself).  `plan` prints the planned deletions, a
** zero byte, and the deletions that the run is then allowed to make.  It
** returns MK_CHANGES, or MK_DONE if there is nothing to ask.
**
** Returns MK_DONE if the run may continue; `*allowed` gets the allowed
** deletions, to be freed.  Otherwise returns an exit code and has printed the
** reason.  A plan that fails counts as "no". */
int mk_confirm_deletes(int (*plan)(void *data), void *data, char **allowed);

#endif
