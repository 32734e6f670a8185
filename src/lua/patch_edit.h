/* patch_edit.h - edits a copy of a document without copying all of it.
**
** lua/patch_apply.c calls it.  A container that an edit passes through is
** copied, one level deep, the first time.  Such a copy is "owned": later edits
** change it in place.  The rest is shared with the original, which never
** changes.  Each function returns false and pushes a message if the path does
** not exist.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_PATCH_EDIT_H
#define MK_LUA_PATCH_EDIT_H

#include <lua.h>
#include <stdbool.h>

#include "lua/patch_gap.h"
#include "lua/patch_get.h"

struct mk_edit {
  lua_State *L;
  int root;           /* stack index of the current document */
  int owned;          /* stack index of the set of owned tables */
  struct mk_gap *gap; /* to be closed before the document is read */
};

/* [-0, +2, m] Pushes the owned container of the value at `path`, and its key in
** the container.  If `adding`, the key may be new.  `path` is not empty. */
bool mk_edit_open(const struct mk_edit *e, struct mk_text path, bool adding);

/* [-1, +0, m] Adds the value at the top at `path`. */
bool mk_edit_add(const struct mk_edit *e, struct mk_text path);

/* [-0, +1, m] Removes the value at `path` and pushes it.  `path` is not
** empty. */
bool mk_edit_take(const struct mk_edit *e, struct mk_text path);

#endif
