/* cage.c - the Lua module mkrun.cage: holds this run to a list of grants by the
** kernel.  Only the library uses it; no script gets it.
** SPDX-License-Identifier: MIT */
#include "lua/cage.h"

#include "base/buf.h"
#include "base/cage.h"
#include "base/real_path.h"
#include "base/runner.h"
#include "http/trust_places.h"
#include "lua/file_fault.h"
#include "lua/sealed.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* The fields of cage.close's argument. */
static const struct {
  const char *name;
  enum mk_cage_right right;
} lists[] = {
    {"read", MK_CAGE_READ},
    {"write", MK_CAGE_WRITE},
    {"connect", MK_CAGE_CONNECT},
    {"bind", MK_CAGE_BIND},
};

enum { LISTS = sizeof lists / sizeof *lists };

/* [-0, +1, e] Pushes the list in the field `name` of argument 1, or nil without
** the field.  Returns the length of the list. */
static lua_Unsigned push_list(lua_State *L, const char *name) {
  int type = lua_getfield(L, 1, name);
  if (type == LUA_TNIL) return 0;
  if (type == LUA_TTABLE) return lua_rawlen(L, -1);
  return (lua_Unsigned)luaL_error(
      L, "bad field '%s' of argument #1 (table expected, got %s)", name,
      luaL_typename(L, -1));
}

/* [-0, +0, e] Raises an error about element `i` of the list `name`. */
static int fail_element(lua_State *L, const char *name, lua_Unsigned i,
                        const char *expected) {
  return luaL_error(L, "bad element #%I of field '%s' (%s expected, got %s)",
                    (LUAI_UACINT)i, name, expected, luaL_typename(L, -1));
}

static bool is_text(lua_State *L) {
  return lua_type(L, -1) == LUA_TSTRING &&
         strlen(lua_tostring(L, -1)) == lua_rawlen(L, -1);
}

static bool is_port(lua_State *L) {
  int is_number;
  lua_Integer port = lua_tointegerx(L, -1, &is_number);
  return is_number && lua_type(L, -1) == LUA_TNUMBER && port >= 1 &&
         port <= UINT16_MAX;
}

/* [-0, +0, e] Sets the grants of one list, which is at the top.  The strings
** stay valid as long as the list. */
static void read_list(lua_State *L, struct mk_cage_grant *grants, size_t kind,
                      lua_Unsigned len) {
  bool has_paths = lists[kind].right <= MK_CAGE_WRITE;
  for (lua_Unsigned i = 1; i <= len; i++) {
    struct mk_cage_grant *g = &grants[i - 1];
    *g = (struct mk_cage_grant){.right = lists[kind].right};
    lua_rawgeti(L, -1, (lua_Integer)i);
    if (has_paths && !is_text(L)) fail_element(L, lists[kind].name, i, "path");
    if (!has_paths && !is_port(L)) fail_element(L, lists[kind].name, i, "port");
    if (has_paths)
      g->path = lua_tostring(L, -1);
    else
      g->port = (unsigned)lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
}

/* [-0, +LISTS+1, e] Reads argument 1.  Returns the grants, and sets `*count` to
** their number. */
static struct mk_cage_grant *read_grants(lua_State *L, size_t *count) {
  lua_Unsigned lens[LISTS];
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  *count = 0;
  for (int i = 0; i < LISTS; i++) {
    lens[i] = push_list(L, lists[i].name);
    *count += lens[i];
  }
  struct mk_cage_grant *grants =
      lua_newuserdatauv(L, (*count + 1) * sizeof *grants, 0);
  struct mk_cage_grant *at = grants;
  for (int i = 0; i < LISTS; i++) {
    lua_pushvalue(L, 2 + i);
    read_list(L, at, (size_t)i, lens[i]);
    at += lens[i];
    lua_pop(L, 1);
  }
  return grants;
}

/* [-0, +2, m] Pushes nil and the fault's message, and frees the fault. */
static int fail(lua_State *L, struct mk_fault *fault) {
  luaL_pushfail(L);
  lua_pushstring(L, mk_fault_text(fault));
  mk_fault_free(fault);
  return 2;
}

/* [-0, +1|2, m] Pushes the state as a table, or nil and the fault's message if
** `good` is false.  Frees the fault. */
static int push_state(lua_State *L, bool good, const struct mk_cage_state *s,
                      struct mk_fault *fault) {
  char text[MK_CAGE_TEXT];
  if (!good) return fail(L, fault);
  mk_cage_describe(s, text);
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, s->landlock);
  lua_setfield(L, -2, "landlock");
  lua_pushboolean(L, s->seccomp);
  lua_setfield(L, -2, "seccomp");
  lua_pushstring(L, text);
  lua_setfield(L, -2, "text");
  return 1;
}

/* cage.close { read = paths, write = paths, connect = ports, bind = ports } ->
** state | nil, message.  Call it once, before the first request.  After nil,
** the script must not run. */
static int l_close(lua_State *L) {
  size_t count;
  struct mk_cage_state state;
  struct mk_fault fault = {0};
  const struct mk_cage_grant *grants = read_grants(L, &count);
  bool good = mk_cage_close(grants, count, &state, &fault);
  return push_state(L, good, &state, &fault);
}

/* cage.probe() -> state that cage.close would return | nil, message */
static int l_probe(lua_State *L) {
  struct mk_cage_state state;
  struct mk_fault fault = {0};
  bool good = mk_cage_probe(&state, &fault);
  return push_state(L, good, &state, &fault);
}

/* [-0, +0, e] Sets `*word` to the field `name` of the command at the top, or
** leaves it.  The string stays valid as long as the command. */
static void read_word(lua_State *L, const char *name, lua_Unsigned i,
                      const char **word) {
  int type = lua_getfield(L, -1, name);
  if (type != LUA_TNIL && !is_text(L))
    luaL_error(L, "bad field '%s' of command #%I (text expected, got %s)", name,
               (LUAI_UACINT)i, luaL_typename(L, -1));
  if (type != LUA_TNIL) *word = lua_tostring(L, -1);
  lua_pop(L, 1);
}

/* [-0, +0, e] Reads command `i` of the list at index 1. */
static void read_command(lua_State *L, lua_Unsigned i,
                         struct mk_runner_command *c) {
  *c = (struct mk_runner_command){.exact = NULL};
  if (lua_rawgeti(L, 1, (lua_Integer)i) != LUA_TTABLE)
    luaL_error(L, "bad command #%I (table expected, got %s)", (LUAI_UACINT)i,
               luaL_typename(L, -1));
  read_word(L, "exact", i, &c->exact);
  read_word(L, "program", i, &c->program);
  if (!c->exact == !c->program)
    luaL_error(L, "bad command #%I (field 'exact' or 'program' expected)",
               (LUAI_UACINT)i);
  lua_pop(L, 1);
}

/* cage.run(commands) -> true | nil, message.  Starts a process outside of the
** cage that runs these commands, and no others, from now on.  A command is
** { exact = "the whole text for the shell" } or { program = "NAME" }: then no
** shell is used, and the words after NAME are free.  Call it once, before
** cage.close. */
static int l_run(lua_State *L) {
  struct mk_fault fault = {0};
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Unsigned count = lua_rawlen(L, 1);
  struct mk_runner_command *commands =
      lua_newuserdatauv(L, (count + 1) * sizeof *commands, 0);
  for (lua_Unsigned i = 1; i <= count; i++)
    read_command(L, i, &commands[i - 1]);
  bool good = mk_runner_open(commands, count, &fault);
  if (!good) return fail(L, &fault);
  lua_pushboolean(L, true);
  return 1;
}

/* cage.resolve(path) -> absolute path without links | nil, message, code.  The
** file may be missing, its folder may not. */
static int l_resolve(lua_State *L) {
  size_t len;
  const char *path = luaL_checklstring(L, 1, &len);
  char *real;
  luaL_argcheck(L, strlen(path) == len, 1, "path without zero bytes expected");
  int error = mk_real_path(path, &real);
  if (error) return mk_file_fault(L, path, error);
  lua_pushstring(L, real);
  free(real);
  return 1;
}

/* Adds the path with its zero byte. */
static bool add_path(void *arg, const char *path) {
  return mk_buf_add(arg, path, strlen(path) + 1);
}

/* cage.certificates(folders | nil) -> list of the files with trusted
** certificates that links in the folders "A:B" lead to, because Landlock looks
** at the file that a link leads to.  nil: those of the system, and its
** bundles.  Raises if out of memory: a short list would leave some out. */
static int l_certificates(lua_State *L) {
  const char *folders = luaL_optstring(L, 1, NULL);
  struct mk_buf *paths = mk_sealed_buffer(L);
  if (!mk_trust_outside(folders, add_path, paths))
    return luaL_error(L, "not enough memory");
  lua_newtable(L);
  for (size_t at = 0; at < paths->len; at += strlen(paths->data + at) + 1) {
    lua_pushstring(L, paths->data + at);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  return 1;
}

static const luaL_Reg functions[] = {
    {"run", l_run},
    {"close", l_close},
    {"probe", l_probe},
    {"resolve", l_resolve},
    {"certificates", l_certificates},
    {NULL, NULL},
};

int luaopen_mkrun_cage(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
