/* approve.h - asks before a script that is tagged `destructive` deletes.
** SPDX-License-Identifier: MIT */
#ifndef MK_APPROVE_H
#define MK_APPROVE_H

#include "options.h"
#include "script.h"

#include <stdbool.h>

/* Is it a script that has to be asked about: one with the tag that does not ask
** itself, and without the argument --yes? */
bool mk_approve_wanted(const struct mk_options *o, const struct mk_script *s);

/* Calls `plan` in a child, which shows what would be deleted on its standard
** output, our standard error, and returns MK_CHANGES when there is any; then
** asks on the terminal.  False, and said on standard error, when the answer is
** no. */
bool mk_approve(int (*plan)(void *data), void *data);

#endif
