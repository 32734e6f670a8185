/* header_option.h - finds an option of a script in its header.
**
** host/option_after.c calls it, before there is a Lua state.  The Lua module
** mkrun.host.header parses the whole header.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_HEADER_OPTION_H
#define MK_HOST_HEADER_OPTION_H

#include <stddef.h>

/* How an option is used. */
enum mk_header_option {
  /* The header has no such option. */
  MK_HEADER_NONE,
  /* The option has no value: "--yes". */
  MK_HEADER_FLAG,
  /* The option has a value: "--set NAME=VALUE". */
  MK_HEADER_VALUE
};

/* Looks for the "@arg" line of an option in the first comment of a script.
** `source` is the text of the script, with `source_len` bytes.  `name` is the
** name of the option with its dashes, with `len` bytes. */
enum mk_header_option mk_header_option_find(const char *source,
                                            size_t source_len, const char *name,
                                            size_t len);

#endif
