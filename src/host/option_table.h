/* option_table.h - the options of mkrun: one table for the parser, --help and
** the hints.
**
** The host/option files use it, and all that look for the name of an option.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_TABLE_H
#define MK_HOST_OPTION_TABLE_H

#include <stddef.h>

enum mk_option_kind {
  MK_FLAG,
  MK_TEXT,
  MK_OPTIONAL, /* --NAME or --NAME=TEXT */
  MK_SECONDS,
  MK_COUNT,
  MK_SIZE,
  MK_ACTION /* see struct mk_action */
};

struct mk_option {
  char letter;       /* 0: long form only */
  const char *name;  /* NULL: letter only */
  const char *value; /* name of the value in --help; NULL: no value */
  enum mk_option_kind kind;
  size_t field; /* offset in struct mk_options; not for MK_ACTION */
  const char *help;
};

/* Returns option number `i`, NULL after the last one. */
const struct mk_option *mk_option_at(size_t i);

/* Returns the option of "-e" or "--name", NULL if there is none. */
const struct mk_option *mk_option_of_letter(char letter);
const struct mk_option *mk_option_of_name(const char *name, size_t len);

#endif
