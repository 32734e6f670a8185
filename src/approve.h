/* approve.h - asks before a script that is tagged `destructive` deletes.
** SPDX-License-Identifier: MIT */
#ifndef MK_APPROVE_H
#define MK_APPROVE_H

#include "options.h"
#include "script.h"

#include <stdbool.h>

/* Is it a script that has to be asked about: with the tag, and without the
** argument --yes, or one that asks for help? */
bool mk_approve_wanted(const struct mk_options *o, const struct mk_script *s);

enum mk_approval {
  MK_NOT_NEEDED, /* it would delete nothing, fail by itself, or ask */
  MK_APPROVED,
  MK_REFUSED /* said so on standard error */
};

/* Calls `plan` in a child, which shows what would be deleted on its standard
** output, our standard error.  When it returns MK_CHANGES, this asks on the
** terminal; a script that asks itself makes it return something else. */
enum mk_approval mk_approve(int (*plan)(void *data), void *data);

#endif
