/* option_parse.h - parses the options of one command line.
**
** host/options.c parses what is before SCRIPT, and host/option_after.c what is
** after it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_PARSE_H
#define MK_HOST_OPTION_PARSE_H

#include "base/fault.h"
#include "host/option_set.h"

#include <stdbool.h>

/* Parses the options before SCRIPT, and sets o->script.  The lists in `o` have
** room for all words.  Returns false and sets a message if an option is
** wrong. */
bool mk_option_parse_all(struct mk_options *o, struct mk_fault *fault);

/* Parses the option at o->argv[*i].  Sets `*i` to the index of the option's
** last word.  Returns false and sets a message if the option is wrong. */
bool mk_option_parse_at(struct mk_options *o, int *i, struct mk_fault *fault);

/* Sets a message for an option that is followed by another option instead of
** its value, and returns false. */
bool mk_option_refuse_value(const char *option, const char *value,
                            struct mk_fault *fault);

#endif
