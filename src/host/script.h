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
  /* The script's file name without ".lua", or the name of the built-in flow,
  ** such as "onboard".  NULL for standard input. */
  const char *name;
  /* The script's path, such as "scripts/onboard.lua".  NULL for standard
  ** input. */
  const char *path;
  /* The text of the script, which may contain NULs.  NULL if no script is
  ** run. */
  const char *source;
  /* Length of `source` in bytes. */
  size_t len;
  /* True if the script was read from a file.  False for a built-in flow and for
  ** standard input. */
  bool is_file;
  /* Why somebody else may have written the script: "it comes from a pipe".
  ** NULL if only the user or root can have written it. */
  const char *doubt;
  /* The buffer with the text of `source`, freed by mk_script_free.  NULL if
  ** no script was read. */
  char *file;
  /* The buffer with the text of `name`, or of the `path` of a built-in flow,
  ** freed by mk_script_free.  NULL if neither must be freed. */
  char *owned;
};

/* Finds and reads the script that `text`, the word SCRIPT of the command line,
** names: a file, a built-in flow, or standard input for "-".  `before` is the
** word before SCRIPT, for a hint, or NULL.  Returns false and sets a message in
** `fault` on an error.  Call mk_script_free afterwards. */
bool mk_script_find(struct mk_script *s, const char *text, const char *before,
                    struct mk_fault *fault);
void mk_script_free(struct mk_script *s);

/* Finds and reads the built-in flow or tool with this name, without ".lua".
** Sets s->source to NULL if there is none.  Returns false and sets a message on
** an error.  Call mk_script_free afterwards. */
bool mk_script_find_built_in(struct mk_script *s, const char *name,
                             struct mk_fault *fault);

/* Returns true if the script is a built-in flow. */
bool mk_script_is_flow(const struct mk_script *s);

/* Returns true if the script has the tag `word`, such as "destructive".
** Returns false if no script is run. */
bool mk_script_has_tag(const struct mk_script *s, const char *word);

/* Returns true if the header of the script has a line "@needs". */
bool mk_script_has_needs(const struct mk_script *s);

/* Returns true if the header of the script has a line "@provider". */
bool mk_script_has_provider(const struct mk_script *s);

/* Checks that the comment at the start of the script has no unknown "@name" and
** no unknown tag.  If the check fails, returns false and sets a message in
** `fault`. */
bool mk_script_check_tags(const struct mk_script *s, struct mk_fault *fault);

/* Prints the source of a built-in flow, or a built-in file such as
** "examples/onboard.json".  Returns false and sets a message in `fault` if
** there is no such flow or file. */
bool mk_script_show(const char *name, struct mk_fault *fault);

#endif
