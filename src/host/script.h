/* script.h - finds and reads the script of this run.
**
** The script is a file, a built-in flow or standard input.  host/run.c and
** host/resume.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_SCRIPT_H
#define MK_HOST_SCRIPT_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct mk_script {
  const char *name;   /* "onboard"; NULL for standard input */
  const char *path;   /* "scripts/onboard.lua"; NULL for standard input */
  const char *source; /* NULL if no script is run; may contain NULs */
  size_t len;
  bool is_file; /* a file, not a built-in flow */
  char *file;   /* buffer of `source`, to be freed */
  char *owned;  /* buffer of `name`, to be freed, or NULL */
};

/* Finds and reads SCRIPT.  On false, `fault` has the message.  Free with
** mk_script_free. */
bool mk_script_find(struct mk_script *s, const char *text,
                    struct mk_fault *fault);
void mk_script_free(struct mk_script *s);

/* Returns true if the script is a built-in flow. */
bool mk_script_is_flow(const struct mk_script *s);

/* Returns true if the script has the tag.  False if no script is run. */
bool mk_script_has_tag(const struct mk_script *s, const char *word);

/* False if the head of the script has an unknown "@name" or tag; `fault` gets
** the message. */
bool mk_script_check_tags(const struct mk_script *s, struct mk_fault *fault);

/* Prints a built-in flow, or a built-in file such as "examples/onboard.json".
** On false, `fault` has the message. */
bool mk_script_show(const char *name, struct mk_fault *fault);

#endif
