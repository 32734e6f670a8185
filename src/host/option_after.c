/* option_after.c - takes options of mkrun that stand after the name of a
** built-in flow.
** SPDX-License-Identifier: MIT */
#include "host/option_after.h"

#include "base/bundle.h"
#include "host/bundle.h"
#include "host/header_option.h"
#include "host/option_parse.h"
#include "host/option_table.h"
#include "host/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_option(const char *word) {
  return word[0] == '-' && word[1];
}

static size_t name_len(const char *word) {
  return word[1] == '-' ? strcspn(word, "=") : strlen(word);
}

static const struct mk_option *find_option(const char *word) {
  if (word[1] == '-') return mk_option_of_name(word + 2, name_len(word) - 2);
  return word[2] ? NULL : mk_option_of_letter(word[1]);
}

/* Returns the option of mkrun that the word is, or NULL.  A letter stands
** alone: "-v", but not "-verbose".  In a bundle, an option that must stand
** before the name of the flow is a word of the flow. */
static const struct mk_option *option_of(const char *word) {
  const struct mk_option *option = find_option(word);
  bool taken = option && (!mk_bundle_is_open() ||
                          (mk_host_bundle_takes(option) &&
                           mk_option_place_of(option) == MK_ANYWHERE));
  return taken ? option : NULL;
}

/* Returns true if any word after SCRIPT may be an option of mkrun.  Otherwise
** the header of the flow need not be read. */
static bool has_candidate(const struct mk_options *o) {
  for (int i = o->script + 1; i < o->argc; i++)
    if (is_option(o->argv[i]) && option_of(o->argv[i])) return true;
  return false;
}

/* Sets a message for an option that may not stand after the name of a flow. */
static bool refuse(const struct mk_options *o, const struct mk_option *option,
                   struct mk_fault *fault) {
  bool alone = mk_option_place_of(option) == MK_ALONE;
  char shown[64];
  const char *value = option->value ? option->value : "";
  const char *between = !option->value                ? ""
                        : option->kind == MK_OPTIONAL ? "="
                                                      : " ";
  if (option->name)
    snprintf(shown, sizeof shown, "--%s", option->name);
  else
    snprintf(shown, sizeof shown, "-%c", option->letter);
  if (alone)
    return mk_fault_say(fault, "%s goes without a flow: mkrun %s%s%s", shown,
                        shown, between, value);
  return mk_fault_say(fault,
                      "%s goes before the flow's name: mkrun %s%s%s %s ...",
                      shown, shown, between, value, o->argv[o->script]);
}

/* Copies the option of the flow at argv[*i], and its value at argv[*i + 1], to
** the words of the flow.  Refuses an option of mkrun as the value: it would be
** lost, and the run would not be a dry one. */
static bool take_with_value(struct mk_options *o, int *i, int *n,
                            struct mk_fault *fault) {
  const char *word = o->argv[*i], *value = o->argv[*i + 1];
  o->words[(*n)++] = o->argv[*i];
  if (!value) return true;
  if (!strncmp(value, "--", 2) && option_of(value))
    return mk_option_refuse_value(word, value, fault);
  o->words[(*n)++] = o->argv[++*i];
  return true;
}

/* Moves the option at argv[*i] to the options of mkrun, or to the words of the
** flow at argv[*n] of o->words. */
static bool take(struct mk_options *o, const struct mk_script *flow, int *i,
                 int *n, struct mk_fault *fault) {
  const char *word = o->argv[*i];
  enum mk_header_option own =
      mk_header_option_find(flow->source, flow->len, word, name_len(word));
  const struct mk_option *option = own ? NULL : option_of(word);
  enum mk_option_place place = option ? mk_option_place_of(option) : MK_OF_FLOW;
  if (place == MK_ANYWHERE) return mk_option_parse_at(o, i, fault);
  if (place != MK_OF_FLOW) return refuse(o, option, fault);
  if (own == MK_HEADER_VALUE && !word[name_len(word)])
    return take_with_value(o, i, n, fault);
  o->words[(*n)++] = o->argv[*i];
  return true;
}

/* Copies the words to o->words, without the options of mkrun after SCRIPT. */
static bool divide(struct mk_options *o, const struct mk_script *flow,
                   struct mk_fault *fault) {
  int n = 0;
  bool ended = false;
  o->words = calloc((size_t)o->argc + 1, sizeof *o->words);
  if (!o->words) return mk_fault_memory(fault);
  while (n <= o->script) {
    o->words[n] = o->argv[n];
    n++;
  }
  for (int i = n; i < o->argc; i++) {
    ended = ended || !strcmp(o->argv[i], "--");
    if (ended || !is_option(o->argv[i]))
      o->words[n++] = o->argv[i];
    else if (!take(o, flow, &i, &n, fault))
      return false;
  }
  o->argv = o->words;
  o->argc = n;
  return true;
}

bool mk_option_after_parse(struct mk_options *o, struct mk_fault *fault) {
  struct mk_script flow;
  if (!o->script || o->ended || !has_candidate(o)) return true;
  bool good = mk_script_find_built_in(&flow, o->argv[o->script], fault);
  bool is_flow = good && flow.source && !mk_script_has_tag(&flow, "tool");
  if (is_flow) good = divide(o, &flow, fault);
  mk_script_free(&flow);
  return good;
}
