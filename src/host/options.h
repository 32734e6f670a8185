/* options.h - the command line of mkrun.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTIONS_H
#define MK_HOST_OPTIONS_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* One of -e, -l and -W, which act in the order in which they were given. */
struct mk_action {
  char letter;
  const char *text;
};

/* All strings point into argv. */
struct mk_options {
  int argc;
  char **argv;
  int script; /* index of SCRIPT in argv; 0 when there is none */
  struct mk_action *actions;
  size_t action_count;
  const char **kept; /* the words that a resumed run has again */
  size_t kept_count;
  bool interactive; /* -i */
  bool banner;      /* -v */
  bool no_env;      /* -E */
  bool help, version, list, trace;
  bool dry_run;         /* --plan-out is one as well */
  const char *output;   /* of a dry run: "text" or "json" */
  const char *plan_out; /* NULL when the plan is not kept */
  const char *apply;    /* a plan to perform, in place of a script */
  const char *show;
  const char *sandbox; /* "" when only in memory, NULL when not at all */
  const char *faults;  /* a plan, for the sandbox only */
  const char *base_url;
  const char *token_file;
  const char *cacert;
  const char *journal;
  const char *resume;
  const char *audit;
  const char *record;
  const char *replay;
  const char *undo;
  double timeout;    /* seconds; 0 when not given */
  size_t max_rate;   /* requests a minute; 0 when not given */
  size_t max_memory; /* bytes; 0 when not given */
};

/* Reads the command line.  False when it is wrong, and then `fault` says
** why.  Free with mk_options_free in both cases. */
bool mk_options_parse(struct mk_options *o, int argc, char **argv,
                      struct mk_fault *fault);
void mk_options_free(struct mk_options *o);

/* Was -e among the options? */
bool mk_options_has(const struct mk_options *o, char letter);

/* The name of option number i, as in "sandbox"; "" when it has only a letter,
** NULL after the last. */
const char *mk_options_name(size_t i);

/* The one line that follows a message about wrong usage. */
void mk_options_usage(FILE *out);

/* The text of --help. */
void mk_options_help(FILE *out);

#endif
