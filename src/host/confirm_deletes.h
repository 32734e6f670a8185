/* confirm_deletes.h - asks the user before a script with the tag `destructive`
** deletes objects.
**
** host/run.c and host/resume.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_CONFIRM_DELETES_H
#define MK_HOST_CONFIRM_DELETES_H

#include "host/options.h"
#include "host/script.h"

#include <stdbool.h>

/* Value for mk_config.approved: the script itself asks the user.  mkrun sends
** no DELETE request before the user has agreed. */
#define MK_CONFIRM_LATER "later"

/* Returns true if the user must be asked: the script has the tag `destructive`,
** and the script's arguments do not contain --yes. */
bool mk_confirm_is_needed(const struct mk_options *o,
                          const struct mk_script *s);

/* Returns true if mkrun starts a destructive script without asking first, but
** refuses each DELETE request until the script reports that the user agreed.
** mkrun does so for built-in flows, because they ask the user themselves.
** mkrun also does so for a script with the argument --yes, because "--yes"
** could be the value of another option. */
bool mk_confirm_later(const struct mk_options *o, const struct mk_script *s);

/* Shows the planned deletions and asks the user on the terminal.
**
** Calls the function `plan` with the argument `data` in a child process.
** `plan` must print the planned deletions for the user, a zero byte, and the
** list of allowed deletions for the next run.  `plan` returns MK_CHANGES, or
** MK_DONE if nothing would be deleted.  The user is not asked if `plan`
** returned MK_DONE, or if the list of allowed deletions is MK_CONFIRM_LATER.
**
** Returns MK_DONE if the run may continue, and sets `*allowed` to the list of
** allowed deletions, to be freed.  Otherwise prints the reason and returns an
** exit code.  If `plan` fails, the run may not continue. */
int mk_confirm_deletes(int (*plan)(void *data), void *data, char **allowed);

#endif
