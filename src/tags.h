/* tags.h - what the head of a script says that it does.
** SPDX-License-Identifier: MIT */
#ifndef MK_TAGS_H
#define MK_TAGS_H

#include "script.h"

#include <stdbool.h>

/* Is this word among the tags of a script?  Without a script it is not. */
bool mk_tags_have(const struct mk_script *s, const char *word);

#endif
