/* option_rules.h - which options go together.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_RULES_H
#define MK_HOST_OPTION_RULES_H

#include <stdbool.h>

struct mk_fault;
struct mk_options;

/* False when options contradict each other; `fault` says which.  Sets what one
** option says of another: --plan-out is a dry run. */
bool mk_option_rules_check(struct mk_options *o, struct mk_fault *fault);

/* --undo has no option --yes: says what to type for that `file` instead, and
** returns false. */
bool mk_option_rules_refuse_yes(const char *file, struct mk_fault *fault);

#endif
