/* script.h - the script of this run: a file, a built-in flow, or stdin.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_SCRIPT_H
#define MK_HOST_SCRIPT_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct mk_script {
  const char *name;   /* "onboard"; NULL for standard input */
  const char *path;   /* "scripts/onboard.lua"; NULL for standard input */
  const char *source; /* NULL when nothing is run; may hold NULs */
  size_t len;
  bool is_file; /* the user's own, not a built-in flow */
  char *file;   /* owner of `source` */
  char *owned;  /* owner of `name` when it is not static */
};

/* Finds and reads what SCRIPT on the command line means; false with a sentence
** when there is no such thing.  Free with mk_script_free in both cases. */
bool mk_script_find(struct mk_script *s, const char *text,
                    struct mk_fault *fault);
void mk_script_free(struct mk_script *s);

/* Is it built in? */
bool mk_script_is_flow(const struct mk_script *s);

/* Is this word among its "@tags"?  Not when nothing is run. */
bool mk_script_has_tag(const struct mk_script *s, const char *word);

/* False with a message when its head has a "@name" or a tag that is unknown. */
bool mk_script_check_tags(const struct mk_script *s, struct mk_fault *fault);

/* Prints a built-in flow, or a file such as "examples/onboard.json"; false with
** a sentence without one. */
bool mk_script_show(const char *name, struct mk_fault *fault);

#endif
