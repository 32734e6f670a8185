/* option_set.h - a struct with the options of one run.
**
** host/options.c sets the fields from the command line, and host/option_rules.c
** checks them.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_SET_H
#define MK_HOST_OPTION_SET_H

#include <stdbool.h>
#include <stddef.h>

/* One option -e, -l or -W.  mkrun performs these options in the order in which
** they were given. */
struct mk_action {
  /* The letter of the option: 'e', 'l' or 'W'. */
  char letter;
  /* The argument of -e or -l; unused for -W. */
  const char *text;
};

/* One option --allow-NAME. */
struct mk_allow {
  /* The part of the option's name after "allow-", such as "read". */
  const char *what;
  /* The argument of the option; NULL if the option has none. */
  const char *value;
};

/* One option with NAME=VALUE, for the provider NAME. */
struct mk_named {
  /* The name of the option, without dashes: "base-url" or "token-file". */
  const char *option;
  /* The name of the provider, with `name_len` bytes. */
  const char *name;
  size_t name_len;
  const char *value;
  /* True if the option is one of a journal, and nobody typed it. */
  bool is_recalled;
};

/* The options and arguments of the command line.  All strings point into argv.
** A string is NULL if its option was not given. */
struct mk_options {
  int argc;
  char **argv;
  /* Index of SCRIPT in argv, or 0 if there is no SCRIPT. */
  int script;
  /* True if "--" stands before SCRIPT. */
  bool ended;
  /* The memory of `argv`, if options of mkrun after the name of a flow were
  ** taken out of it.  Otherwise NULL. */
  char **words;
  /* The options -e, -l and -W, in the order in which they were given. */
  struct mk_action *actions;
  size_t action_count;
  /* The options and their values that --resume uses again, as in argv. */
  const char **kept;
  size_t kept_count;
  /* The options --allow-NAME, in the order in which they were given. */
  struct mk_allow *allows;
  size_t allow_count;
  /* The options with NAME=VALUE, in the order in which they were given. */
  struct mk_named *named;
  size_t named_count;
  /* Value of --confine: "" or "strict".  NULL if the option was not given. */
  const char *confine;
  /* True if -i was given: show a prompt after the script. */
  bool interactive;
  /* True if -v was given: print the version, then continue. */
  bool banner;
  /* True if -E was given: ignore some environment variables. */
  bool no_env;
  bool help, version, list, trace;
  /* True if --needs was given: --list prints what each flow may do. */
  bool needs;
  /* True if the command is `mkrun help`, which runs no script. */
  bool manual;
  /* True if a shell asks how a command line goes on: see help.h. */
  bool completes;
  /* True if --dry-run or --plan-out was given. */
  bool dry_run;
  /* Value of --output, the format of the plan: "text", "json", ... */
  const char *output;
  /* True if --rights was given: print the rights of the run, not the plan. */
  bool rights;
  /* Value of --plan-out, the file to which the plan is written. */
  const char *plan_out;
  /* Value of --apply, the file that contains the plan to carry out. */
  const char *apply;
  const char *show;
  /* Value of --sbom: the format, "" for the default.  NULL if the option was
  ** not given. */
  const char *sbom;
  /* Value of --types, the folder for the declarations. */
  const char *types;
  /* Value of --sandbox, the file for the state of the sandbox.  "" if the
  ** option was given without a file; then the state is only in memory. */
  const char *sandbox;
  /* Values of --like, the files from which a new sandbox is made. */
  const char **likes;
  size_t like_count;
  /* Value of --faults, the file that lists the failures of the sandbox. */
  const char *faults;
  /* Values of --base-url and --token-file without NAME=. */
  const char *base_url;
  const char *token_file;
  const char *cacert;
  const char *journal;
  const char *resume;
  const char *audit;
  const char *record;
  const char *replay;
  const char *undo;
  /* Time limit of a request in seconds; 0 if --timeout was not given. */
  double timeout;
  /* Most tasks of a flow at the same time; 0 if --jobs was not given. */
  size_t jobs;
  /* Maximum number of requests per minute; 0 if --max-rate was not given. */
  size_t max_rate;
  /* Memory limit in bytes; 0 if --max-memory was not given. */
  size_t max_memory;
};

/* Returns true if the option with this letter was given.  `letter` is 'e', 'l'
** or 'W'. */
bool mk_options_has(const struct mk_options *o, char letter);

/* Words that mkrun obeys if they are given as SCRIPT.  A user can run a script
** file with such a name as "./help". */
#define MK_HELP_WORD "help"
#define MK_VERSION_WORD "version"

/* Returns true if SCRIPT on the command line is the word. */
bool mk_options_has_word(const struct mk_options *o, const char *word);

/* Returns true for `mkrun version --help`. */
bool mk_options_ask_of_version(const struct mk_options *o);

#endif
