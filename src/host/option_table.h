/* option_table.h - a table of all options of mkrun.
**
** host/options.c parses the command line by the table, and host/option_help.c
** prints the table.  host/config.c and host/script.c look up names of options,
** for hints in error messages.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_TABLE_H
#define MK_HOST_OPTION_TABLE_H

#include <stddef.h>

/* The kind of value that an option has. */
enum mk_option_kind {
  /* An option without a value. */
  MK_FLAG,
  /* An option with a text that must not be empty. */
  MK_TEXT,
  /* An option with or without a text: --NAME=TEXT or --NAME. */
  MK_OPTIONAL,
  /* An option with a number of seconds. */
  MK_SECONDS,
  /* An option with a number from 1 to 1000000. */
  MK_COUNT,
  /* An option with a number of bytes, such as 256M. */
  MK_SIZE,
  /* One of the options --allow-NAME, which are stored in a list: see struct
  ** mk_allow. */
  MK_ALLOW,
  /* The option --like, whose texts are stored in a list. */
  MK_LIKE,
  /* An option with a text that must not be empty, or with NAME=TEXT for the
  ** provider NAME, which is stored in a list: see struct mk_named. */
  MK_NAMED,
  /* One of the options -e, -l and -W, which are stored in a list: see struct
  ** mk_action. */
  MK_ACTION
};

struct mk_option {
  /* The letter of the option's short form, or 0 if there is only a long
  ** form. */
  char letter;
  /* The name of the option's long form, without dashes.  NULL if there is only
  ** a short form. */
  const char *name;
  /* The name of the option's value in the text of --help.  NULL if the option
  ** has no value. */
  const char *value;
  enum mk_option_kind kind;
  /* Offset of the option's field in struct mk_options.  Unused if the kind is
  ** MK_ACTION, MK_ALLOW or MK_LIKE. */
  size_t field;
  /* Description of the option in the text of --help. */
  const char *help;
};

/* Where an option of mkrun may stand if SCRIPT is a built-in flow. */
enum mk_option_place {
  /* Before or after the name of the flow. */
  MK_ANYWHERE,
  /* Before the name of the flow.  These options run other code, or say where
  ** the token comes from and who gets it, so that no argument of a flow by
  ** mistake is one of them. */
  MK_BEFORE,
  /* Nowhere: mkrun does something else than run a flow. */
  MK_ALONE,
  /* After the name, the option is one of the flow. */
  MK_OF_FLOW
};

enum mk_option_place mk_option_place_of(const struct mk_option *option);

/* Returns the option with the index `i` in the table, or NULL if the table has
** at most `i` options. */
const struct mk_option *mk_option_at(size_t i);

/* mk_option_of_letter returns the option with this letter.  mk_option_of_name
** returns the option with this name; `len` is the length of the name.  Both
** functions return NULL if there is no such option. */
const struct mk_option *mk_option_of_letter(char letter);
const struct mk_option *mk_option_of_name(const char *name, size_t len);

#endif
