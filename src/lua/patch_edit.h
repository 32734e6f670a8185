/* patch_edit.h - changes in a document that leave the original as it is.
**
** A container on the way to a change is copied, one level, the first time that
** it is met; those copies are "owned" and may be changed from then on.  All
** else is shared with the original.  Every function returns false and pushes a
** message when the place is not there.  SPDX-License-Identifier: MIT */
#ifndef MK_LUA_PATCH_EDIT_H
#define MK_LUA_PATCH_EDIT_H

#include <lua.h>
#include <stdbool.h>

#include "lua/patch_gap.h"
#include "lua/patch_get.h"

struct mk_edit {
  lua_State *L;
  int root;  /* stack slot of the document as it is now */
  int owned; /* stack slot of the set of owned tables, empty at first */
  struct mk_gap *gap; /* to be closed before anybody looks at the document */
};

/* [-0, +2, m] Pushes the owned container of the place that `path` names, and
** the key of that place; when `adding`, it may be a new one.  The path is not
** empty. */
bool mk_edit_open(const struct mk_edit *e, struct mk_text path, bool adding);

/* [-1, +0, m] Adds the value at the top as `path` names it. */
bool mk_edit_add(const struct mk_edit *e, struct mk_text path);

/* [-0, +1, m] Removes what `path` names, which is not empty, and pushes it. */
bool mk_edit_take(const struct mk_edit *e, struct mk_text path);

#endif
