/* options.h - parses the command line of mkrun.
**
** host/main.c calls it, and host/resume.c for the options in a journal.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTIONS_H
#define MK_HOST_OPTIONS_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* SCRIPT that is no script: see help.h. */
#define MK_HELP_WORD "help"

/* One -e, -l or -W option.  They take effect in the given order. */
struct mk_action {
  char letter;
  const char *text;
};

/* All strings point into argv. */
struct mk_options {
  int argc;
  char **argv;
  int script; /* index of SCRIPT in argv; 0: none */
  struct mk_action *actions;
  size_t action_count;
  const char **kept; /* options that --resume uses again */
  size_t kept_count;
  bool interactive; /* -i */
  bool banner;      /* -v */
  bool no_env;      /* -E */
  bool help, version, list, trace;
  bool manual;          /* `mkrun help`, and no script: see help.h */
  bool dry_run;         /* also set by --plan-out */
  const char *output;   /* format of the plan: "text" or "json" */
  const char *plan_out; /* file for the plan, or NULL */
  const char *apply;    /* plan file to run instead of a script */
  const char *show;
  const char *sandbox; /* state file; "": in memory; NULL: no sandbox */
  const char *faults;  /* plan of faults for the sandbox */
  const char *base_url;
  const char *token_file;
  const char *cacert;
  const char *journal;
  const char *resume;
  const char *audit;
  const char *record;
  const char *replay;
  const char *undo;
  double timeout;    /* seconds; 0: not given */
  size_t max_rate;   /* requests per minute; 0: not given */
  size_t max_memory; /* bytes; 0: not given */
};

/* Parses the command line.  On false, `fault` has the message.  Free with
** mk_options_free in both cases. */
bool mk_options_parse(struct mk_options *o, int argc, char **argv,
                      struct mk_fault *fault);
void mk_options_free(struct mk_options *o);

/* Makes `o` of two command lines that were read before: `base` counts where
** `own` says nothing, and its actions come first.  The words are those of
** `own`.  False and free as above; `base` and `own` have to outlive `o`. */
bool mk_options_join(struct mk_options *o, const struct mk_options *base,
                     const struct mk_options *own, struct mk_fault *fault);

/* Was -e among the options? */
bool mk_options_has(const struct mk_options *o, char letter);

/* Returns the long name of option number `i`, such as "sandbox".  "" if it has
** only a letter, NULL after the last option. */
const char *mk_options_name(size_t i);

/* Prints the usage line that follows a message about wrong usage. */
void mk_options_usage(FILE *out);

/* Prints the text of --help. */
void mk_options_help(FILE *out);

#endif
