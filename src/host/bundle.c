/* bundle.c - the command line of a bundle.
** SPDX-License-Identifier: MIT */
#include "host/bundle.h"

#include "base/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The options that a bundle takes.  The others run other code than the flow, or
** let the flow do more than its header says. */
static const char *const taken[] = {
    "sandbox", "like",     "faults",     "base-url", "token-file", "cacert",
    "timeout", "max-rate", "max-memory", "jobs",     "dry-run",    "output",
    "rights",  "plan-out", "apply",      "journal",  "resume",     "audit",
    "record",  "replay",   "trace",      "help",     "version"};

bool mk_host_bundle_takes(const struct mk_option *option) {
  for (size_t i = 0; option->name && i < sizeof taken / sizeof *taken; i++)
    if (!strcmp(taken[i], option->name)) return true;
  return false;
}

static bool flow_has(const char *word, size_t len) {
  char name[64];
  struct mk_bundle_entry entry;
  return snprintf(name, sizeof name, "%.*s", (int)len, word) <
             (int)sizeof name &&
         mk_bundle_find(MK_BUNDLE_OPTION, name, &entry);
}

/* Returns the option of mkrun that the word is, or NULL. */
static const struct mk_option *own_option(const char *word) {
  size_t len = strcspn(word, "=");
  const struct mk_option *option = NULL;
  if (word[0] == '-' && word[1] == '-')
    option = mk_option_of_name(word + 2, len - 2);
  else if (word[0] == '-' && word[1] && !word[2])
    option = mk_option_of_letter(word[1]);
  if (!option || !mk_host_bundle_takes(option) || flow_has(word, len))
    return NULL;
  return option;
}

/* Returns true if the option needs no SCRIPT: a journal or a plan has its own
** arguments. */
static bool is_enough(const struct mk_option *option) {
  return !strcmp(option->name, "resume") || !strcmp(option->name, "apply") ||
         !strcmp(option->name, "version");
}

/* Returns the number of words at the begin of the command line that are the
** name of the program and options of mkrun.  It is larger than argc if the
** value of the last option is missing.  Sets `*enough` if no SCRIPT is
** needed after them. */
static int count_own(int argc, char **argv, bool *enough) {
  int i = 1;
  const struct mk_option *option;
  *enough = false;
  while (i < argc && (option = own_option(argv[i]))) {
    bool apart =
        option->value && option->kind != MK_OPTIONAL && !strchr(argv[i], '=');
    *enough = *enough || is_enough(option);
    i += apart ? 2 : 1;
  }
  return i;
}

const char *mk_host_bundle_flow(void) {
  struct mk_bundle_entry flow;
  bool found = mk_bundle_find(MK_BUNDLE_FLOW, NULL, &flow) ||
               mk_bundle_find(MK_BUNDLE_BUILT_IN, NULL, &flow);
  return found ? flow.name : "";
}

bool mk_host_bundle_words(int *argc, char ***argv, struct mk_fault *fault) {
  static char **words; /* kept until the process ends */
  if (!mk_bundle_open(fault)) return false;
  if (!mk_bundle_is_open() || *argc < 1) return true;
  bool enough;
  int own = count_own(*argc, *argv, &enough), n = 0;
  words = calloc((size_t)*argc + 3, sizeof *words);
  if (!words) return mk_fault_memory(fault);
  words[n++] = **argv;
  words[n++] = (char *)"-E";
  for (int i = 1; i < own && i < *argc; i++) words[n++] = (*argv)[i];
  if (own < *argc || (own == *argc && !enough))
    words[n++] = (char *)mk_host_bundle_flow();
  for (int i = own; i < *argc; i++) words[n++] = (*argv)[i];
  *argc = n;
  *argv = words;
  return true;
}
