/* option_rules.h - checks that the given options can be used together.
**
** host/options.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_RULES_H
#define MK_HOST_OPTION_RULES_H

#include <stdbool.h>

struct mk_fault;
struct mk_options;

/* Checks that no two options contradict each other.  If two options do, returns
** false and sets a message that names the options.  Also sets o->dry_run if
** --plan-out was given. */
bool mk_option_rules_check(struct mk_options *o, struct mk_fault *fault);

/* Checks the options --confine and --allow-... of one command line.  Returns
** false and sets a message if one of them cannot be used. */
bool mk_option_rules_check_allows(const struct mk_options *o,
                                  struct mk_fault *fault);

/* Called if the user wrote --undo with --yes, which mkrun does not support.
** Sets a message with the command to use instead, and returns false.  `file` is
** the journal to show in the message. */
bool mk_option_rules_refuse_yes(const char *file, struct mk_fault *fault);

#endif
