/* complete.c - answers a shell that completes a command line of mkrun.
** SPDX-License-Identifier: MIT */
#include "host/complete.h"

#include "host/call.h"
#include "host/entry.h"
#include "host/option_table.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* [-0, +0, m] Sets the field `name` of the table at the top to a string.  Does
** nothing if `value` is NULL. */
static void set_text(lua_State *L, const char *name, const char *value) {
  if (!value) return;
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

/* [-0, +0, m] Adds {name = "--dry-run", value = "FILE", ...} to the list at the
** top. */
static void add_option(lua_State *L, const struct mk_option *option,
                       const char *name) {
  lua_createtable(L, 0, 4);
  set_text(L, "name", name);
  set_text(L, "value", option->value);
  set_text(L, "text", option->help);
  lua_pushboolean(L, option->kind == MK_OPTIONAL);
  lua_setfield(L, -2, "optional");
  lua_pushboolean(L, mk_option_place_of(option) == MK_ANYWHERE);
  lua_setfield(L, -2, "after");
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* [-0, +1, m] Pushes the list of the options of mkrun.  An option with a letter
** and a name is in the list twice. */
static void push_options(lua_State *L) {
  const struct mk_option *option;
  lua_newtable(L);
  for (size_t i = 0; (option = mk_option_at(i)); i++) {
    const char letter[] = {'-', option->letter, '\0'};
    if (option->letter) add_option(L, option, letter);
    if (!option->name) continue;
    lua_pushfstring(L, "--%s", option->name);
    lua_insert(L, -2);
    add_option(L, option, lua_tostring(L, -2));
    lua_remove(L, -2);
  }
}

/* Opens a regular file and returns its descriptor, or -1.  O_NONBLOCK, because
** nobody may ever write into a pipe. */
static int open_regular(const char *path) {
  struct stat st;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

/* A Lua function: peek(path, most) -> text | nil.  Returns at most the first
** `most` bytes of a regular file, or nil if it cannot be read. */
static int l_peek(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  size_t most = (size_t)luaL_checkinteger(L, 2), len = 0;
  char *bytes = lua_newuserdatauv(L, most, 0);
  int fd = open_regular(path);
  if (fd < 0) return 0;
  for (ssize_t n = 1; n > 0 && len < most; len += n > 0 ? (size_t)n : 0)
    n = read(fd, bytes + len, most - len);
  close(fd);
  lua_pushlstring(L, bytes, len);
  return 1;
}

bool mk_complete_enter(lua_State *L) {
  mk_entry_push(L, MK_ENTRY_COMPLETE);
  push_options(L);
  lua_pushcfunction(L, l_peek);
  mk_entry_push(L, MK_ENTRY_NAMES);
  return mk_host_call(L, 3, 0);
}
