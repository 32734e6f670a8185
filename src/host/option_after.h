/* option_after.h - takes options of mkrun that stand after the name of a
** built-in flow: mkrun onboard acme.json --dry-run.
**
** host/options.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_AFTER_H
#define MK_HOST_OPTION_AFTER_H

#include "base/fault.h"
#include "host/option_set.h"

#include <stdbool.h>

/* Parses the options of mkrun after SCRIPT and takes them out of o->argv.  An
** option of the flow with the same name wins.  Behind "--" and after the name
** of a tool or of a file, all words are the script's.  Returns false and sets a
** message if an option may not stand there. */
bool mk_option_after_parse(struct mk_options *o, struct mk_fault *fault);

#endif
