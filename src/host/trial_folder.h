/* trial_folder.h - folders for `mkrun test`: temporary ones, and what is in a
** folder.  trial_lua.c puts these functions into the module mkrun.trial.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_TRIAL_FOLDER_H
#define MK_HOST_TRIAL_FOLDER_H

#include <lua.h>

/* trial.make_temporary() -> path of a new private folder */
int mk_trial_make_temporary(lua_State *L);

/* trial.make_folder(path) -> true, also if it exists */
int mk_trial_make_folder(lua_State *L);

/* trial.list(path) -> {NAME = "folder" | "file" | "other"}; a link to a folder
** is "other" */
int mk_trial_list(lua_State *L);

/* trial.look(path) -> "folder" | "file" | "other", a text that changes when the
** file changes; or nil if there is nothing */
int mk_trial_look(lua_State *L);

#endif
