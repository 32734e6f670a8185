/* option_set.h - the options of one run, as the command line gives them.
**
** host/options.c fills the struct and host/option_rules.c checks it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_SET_H
#define MK_HOST_OPTION_SET_H

#include <stdbool.h>
#include <stddef.h>

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

/* Returns true if -e, -l or -W is among the options. */
bool mk_options_has(const struct mk_options *o, char letter);

#endif
