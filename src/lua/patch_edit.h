/* patch_edit.h - edits a copy of a document without copying all of it.
**
** lua/patch_apply.c calls this file.  When an edit first passes through a
** container of the original document, the container is copied, one level deep.
** Such a copy is "owned": later edits change the copy in place.  All other
** tables are shared with the original document, which never changes.  Each
** function returns false and pushes an error message if the path does not
** exist.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_PATCH_EDIT_H
#define MK_LUA_PATCH_EDIT_H

#include <lua.h>
#include <stdbool.h>

#include "lua/patch_gap.h"
#include "lua/patch_get.h"

struct mk_edit {
  lua_State *L;
  int root;  /* stack index of the current document */
  int owned; /* stack index of the set of owned tables */
  /* gap in the array that was changed last; closed before the document is
  ** read */
  struct mk_gap *gap;
};

/* [-0, +2, m] Pushes the owned container of the value at `path`.  Then pushes
** the key of the value in this container.  If `adding` is true, the container
** may lack the key.  `path` must not be empty. */
bool mk_edit_open(const struct mk_edit *e, struct mk_text path, bool adding);

/* [-1, +0, m] Pops the value at the top and adds it to the document at
** `path`. */
bool mk_edit_add(const struct mk_edit *e, struct mk_text path);

/* [-0, +1, m] Removes the value at `path` and pushes it.  `path` must not be
** empty. */
bool mk_edit_take(const struct mk_edit *e, struct mk_text path);

#endif
