/* trial_folder.c - folders for `mkrun test`: temporary ones, and what is in a
** folder.  Each function fails with nil and a message.
** SPDX-License-Identifier: MIT */
#include "host/trial_folder.h"

#include <dirent.h>
#include <errno.h>
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

static const char *kind_of(const struct stat *st) {
  if (S_ISDIR(st->st_mode)) return "folder";
  return S_ISREG(st->st_mode) ? "file" : "other";
}

/* A link to a folder counts as "other": it may lead back. */
static const char *kind_inside(const char *path) {
  struct stat own, st;
  if (lstat(path, &own) != 0 || stat(path, &st) != 0) return "other";
  return S_ISLNK(own.st_mode) && S_ISDIR(st.st_mode) ? "other" : kind_of(&st);
}

int mk_trial_list(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  DIR *folder = opendir(path);
  if (!folder) return push_fault(L, path);
  lua_newtable(L);
  for (struct dirent *e; (e = readdir(folder));) {
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
    lua_pushstring(L,
                   kind_inside(lua_pushfstring(L, "%s/%s", path, e->d_name)));
    lua_setfield(L, -3, e->d_name);
    lua_pop(L, 1);
  }
  closedir(folder);
  return 1;
}

int mk_trial_look(lua_State *L) {
  struct stat st;
  if (stat(luaL_checkstring(L, 1), &st) != 0) return 0;
  lua_pushstring(L, kind_of(&st));
  lua_pushfstring(L, "%I.%I.%I.%I", (LUAI_UACINT)st.st_mtim.tv_sec,
                  (LUAI_UACINT)st.st_mtim.tv_nsec, (LUAI_UACINT)st.st_size,
                  (LUAI_UACINT)st.st_ino);
  return 2;
}
