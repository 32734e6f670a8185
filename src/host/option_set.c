/* option_set.c - looks up an option in the struct mk_options.
** SPDX-License-Identifier: MIT */
#include "host/option_set.h"

#include <string.h>

bool mk_options_has(const struct mk_options *o, char letter) {
  for (size_t i = 0; i < o->action_count; i++)
    if (o->actions[i].letter == letter) return true;
  return false;
}

bool mk_options_has_word(const struct mk_options *o, const char *word) {
  return o->script && !strcmp(o->argv[o->script], word);
}

bool mk_options_ask_of_version(const struct mk_options *o) {
  const char *const *words = (const char *const *)o->argv + o->script + 1;
  return mk_options_has_word(o, MK_VERSION_WORD) && words[0] && !words[1] &&
         (!strcmp(words[0], "--help") || !strcmp(words[0], "-h"));
}
