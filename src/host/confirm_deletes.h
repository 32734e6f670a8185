/* confirm_deletes.h - asks before a script that is tagged `destructive`
** deletes. SPDX-License-Identifier: MIT */
#ifndef MK_HOST_CONFIRM_DELETES_H
#define MK_HOST_CONFIRM_DELETES_H

#include "host/options.h"
#include "host/script.h"

#include <stdbool.h>

/* In the place of what may be deleted: nothing, until the script has asked. */
#define MK_CONFIRM_LATER "later"

/* Is it a script that has to be asked about: one with the tag, and without the
** argument --yes? */
bool mk_confirm_is_needed(const struct mk_options *o,
                          const struct mk_script *s);

/* Is it one that is run at once, and deletes nothing before there was a yes?
** Built-in flows ask themselves, and --yes may turn out to be the value of
** another option. */
bool mk_confirm_later(const struct mk_options *o, const struct mk_script *s);

/* Calls `plan` in a child.  It prints what would be deleted, a zero byte and
** what the run may delete then, and returns MK_CHANGES, or MK_DONE when there
** is nothing of that.  Shows the first and asks on the terminal, unless the
** script does so itself.
**
** MK_DONE: the run may go on, and `allowed` is the second, to be freed.  Any
** other exit code: it may not, and why was said on standard error; a plan that
** fails is no yes. */
int mk_confirm_deletes(int (*plan)(void *data), void *data, char **allowed);

#endif
