/* trial_folder.c - folders for `mkrun test`: temporary ones, and what is in a
** folder.  Each function fails with nil and a message.
** SPDX-License-Identifier: MIT */
#include "host/trial_folder.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int push_fault(lua_State *L, const char *what) {
  int error = errno;
  luaL_pushfail(L);
  lua_pushfstring(L, "%s: %s", what, strerror(error));
  return 2;
}

int mk_trial_make_temporary(lua_State *L) {
  const char *top = getenv("TMPDIR");
  char path[4096];
  snprintf(path, sizeof path, "%s/mkrun-test-XXXXXX",
           top && *top ? top : "/tmp");
  if (!mkdtemp(path)) return push_fault(L, path);
  lua_pushstring(L, path);
  return 1;
}

int mk_trial_make_folder(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  if (mkdir(path, 0777) != 0 && errno != EEXIST) return push_fault(L, path);
  lua_pushboolean(L, 1);
  return 1;
}

/* A function of the type that nftw calls. */
static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *place) {
  (void)st;
  (void)place;
  return kind == FTW_DP ? rmdir(path) : unlink(path);
}

int mk_trial_remove(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
    return push_fault(L, path);
  lua_pushboolean(L, 1);
  return 1;
}

/* [-0, +1, m] Pushes "folder", "file", "other", or nil if there is nothing.
** Follows links. */
static void push_kind(lua_State *L, const char *path) {
  struct stat st;
  if (stat(path, &st) != 0)
    lua_pushnil(L);
  else if (S_ISDIR(st.st_mode))
    lua_pushliteral(L, "folder");
  else
    lua_pushstring(L, S_ISREG(st.st_mode) ? "file" : "other");
}

int mk_trial_list(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  DIR *folder = opendir(path);
  if (!folder) return push_fault(L, path);
  lua_newtable(L);
  for (struct dirent *e; (e = readdir(folder));) {
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
    push_kind(L, lua_pushfstring(L, "%s/%s", path, e->d_name));
    lua_setfield(L, -3, e->d_name);
    lua_pop(L, 1);
  }
  closedir(folder);
  return 1;
}

int mk_trial_look(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  struct stat st;
  push_kind(L, path);
  if (stat(path, &st) != 0) return 1;
  lua_pushfstring(L, "%I.%I.%I.%I", (LUAI_UACINT)st.st_mtim.tv_sec,
                  (LUAI_UACINT)st.st_mtim.tv_nsec, (LUAI_UACINT)st.st_size,
                  (LUAI_UACINT)st.st_ino);
  return 2;
}
