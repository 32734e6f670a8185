/* searcher.c - lets Lua's function `require` find the modules in the binary.
**
** mkrun adds one function to package.searchers.  Adding every module to
** package.preload instead would take more time at the start of each run.
** SPDX-License-Identifier: MIT */
#include "host/searcher.h"

#include "base/bundle.h"
#include "base/closest_name.h"
#include "base/embed.h"
#include "host/config_table.h"
#include "host/entry.h"
#include "host/host.h"
#include "host/load.h"
#include "host/resume.h"
#include "host/trial_lua.h"
#include "host/vm.h"
#include "lua/apart.h"
#include "lua/backend.h"
#include "lua/base64.h"
#include "lua/cage.h"
#include "lua/closest_name.h"
#include "lua/http.h"
#include "lua/json.h"
#include "lua/net.h"
#include "lua/patch.h"
#include "lua/secret.h"
#include "lua/sys.h"
#include "lua/sys_log.h"
#include "lua/task.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>
#include <unistd.h>

int luaopen_cjson(lua_State *L);
int luaopen_cjson_safe(lua_State *L);

static struct mk_host *upvalue_host(lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

/* [-0, +1, e] Loads the module mkrun.http and installs the layers of this run,
** through which all requests pass.  Pushes the module. */
static int open_http(lua_State *L) {
  const struct mk_options *o = upvalue_host(L)->options;
  struct mk_http_defaults defaults = {.cacert = o->cacert,
                                      .timeout = o->timeout};
  mk_http_set_defaults(L, &defaults);
  lua_pushcfunction(L, luaopen_mkrun_http);
  lua_call(L, 0, 1);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_pushvalue(L, -2); /* the modules of the layers require mkrun.http */
  lua_setfield(L, -2, "mkrun.http");
  mk_entry_push(L, MK_ENTRY_LAYERS); /* stack: http, loaded, install */
  lua_pushvalue(L, -3);
  lua_call(L, 1, 0);
  lua_pop(L, 1);
  return 1;
}

static int open_config(lua_State *L) {
  struct mk_host *h = upvalue_host(L);
  const char *path = mk_resume_path(h->options);
  mk_config_push(L, &h->config, h->options, &h->script);
  lua_pushstring(L, mk_vm_variable(h, "LUA_INIT"));
  lua_setfield(L, -2, "init");
  if (!path || h->journal.fd < 0) return 1;
  mk_lua_log_take(L, &h->journal, path);
  lua_setfield(L, -2, "held");
  lua_pushstring(L, path);
  lua_setfield(L, -2, "held_path");
  return 1;
}

static const struct {
  const char *name;
  lua_CFunction open;
} bindings[] = {
    {"cjson", luaopen_cjson},
    {"cjson.safe", luaopen_cjson_safe},
    {"mkrun.apart", luaopen_mkrun_apart},
    {"mkrun.backend", luaopen_mkrun_backend},
    {"mkrun.base64", luaopen_mkrun_base64},
    {"mkrun.cage", luaopen_mkrun_cage},
    {"mkrun.closest_name", luaopen_mkrun_closest_name},
    {"mkrun.config", open_config},
    {"mkrun.http", open_http},
    {"mkrun.json", luaopen_mkrun_json},
    {"mkrun.patch", luaopen_mkrun_patch},
    {"mkrun.secret", luaopen_mkrun_secret},
    {"mkrun.sys", luaopen_mkrun_sys},
    {"mkrun.task.core", luaopen_mkrun_task_core},
    {"mkrun.trial", luaopen_mkrun_trial},
};

static lua_CFunction find_binding(const char *name) {
  for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++)
    if (!strcmp(bindings[i].name, name)) return bindings[i].open;
  return NULL;
}

/* Returns true if the file exists.  A file without read permission also counts,
** so that loading the file reports the error. */
static bool is_there(const char *path) {
  return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* [-0, +1|0, e] Loads a module from the folder that MKRUN_LUA names; developers
** of mkrun set this variable.  Returns false if the folder does not have the
** module. */
static bool load_from_folder(lua_State *L, const char *folder,
                             const char *name) {
  static const char *const forms[] = {"%s/%s.lua", "%s/%s/init.lua"};
  const char *path = luaL_gsub(L, name, ".", "/");
  for (size_t i = 0; i < 2; i++) {
    lua_pushfstring(L, forms[i], folder, path);
    const char *file = lua_tostring(L, -1);
    if (is_there(file)) {
      if (luaL_loadfilex(L, file, "t") != LUA_OK) lua_error(L);
      lua_replace(L, -3);
      lua_pop(L, 1);
      return true;
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return false;
}

/* The address of this variable is a key in the registry: a table of the loaders
** of modules that the host has loaded, by name. */
static const char loaders;

/* [-0, +1, m] Pushes the table of loaders. */
static void push_loaders(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &loaders) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &loaders);
}

/* [-0, +1|0, m] Pushes the loader that the host used, and forgets it.  Returns
** false if there is none. */
static bool take_loader(lua_State *L, const char *name) {
  push_loaders(L);
  bool found = lua_getfield(L, -1, name) == LUA_TFUNCTION;
  if (found) {
    lua_pushnil(L);
    lua_setfield(L, -3, name);
  }
  lua_remove(L, -2);
  if (!found) lua_pop(L, 1);
  return found;
}

/* [-0, +0, m] Keeps the loader at the top. */
static void keep_loader(lua_State *L, const char *name) {
  push_loaders(L);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

static bool load_embedded(lua_State *L, const char *name) {
  const struct mk_embedded *e = mk_embedded_find(name);
  if (!e || strchr(name, '/')) return false; /* a flow is not a module */
  char path[MK_EMBEDDED_PATH_MAX];
  mk_embedded_path(e, path);
  const char *chunk = lua_pushfstring(L, "@%s", path);
  char *source = lua_newuserdatauv(L, e->len + 1, 0);
  if (!mk_embedded_unpack(e, source))
    luaL_error(L, "module '%s': not enough memory", name);
  int status = mk_embedded_is_code(e)
                   ? mk_vm_load_code(L, source, e->len, chunk)
                   : luaL_loadbufferx(L, source, e->len, chunk, "t");
  if (status != LUA_OK) lua_error(L);
  lua_replace(L, -3); /* stack afterwards: loader, source */
  lua_pop(L, 1);
  return true;
}

/* [-0, +2|0, e] Pushes the main function of a module of the bundle, and the
** module's path.  Returns false if there is none. */
static bool load_bundled(lua_State *L, const char *name) {
  struct mk_bundle_entry e;
  if (!mk_bundle_find(MK_BUNDLE_MODULE, name, &e)) return false;
  size_t len = e.len;
  const char *text = mk_load_skip_head(e.bytes, &len);
  const char *chunk = lua_pushfstring(L, "@%s", e.path);
  if (luaL_loadbufferx(L, text, len, chunk, "t") != LUA_OK) lua_error(L);
  lua_replace(L, -2);
  lua_pushstring(L, e.path);
  return true;
}

/* [-0, +1|0, e] Pushes the loader of a module that was renamed.  `name` is the
** old name of the module.  Returns false if no module had this name. */
static bool load_renamed(lua_State *L, const char *name) {
  if (strncmp(name, "mk", 2)) return false;
  mk_entry_push(L, MK_ENTRY_RENAMED_LOADER);
  lua_pushstring(L, name);
  lua_call(L, 1, 1);
  if (lua_isfunction(L, -1)) return true;
  lua_pop(L, 1);
  return false;
}

static bool has_two_dots(const char *name) {
  const char *dot = strchr(name, '.');
  return dot && strchr(dot + 1, '.');
}

/* [-0, +1, m] Pushes the message that there is no such module, with the name
** that is nearest.  A name with one dot or none is compared with the modules
** that the manual tells of, which have no more. */
static void push_refusal(lua_State *L, const char *name) {
  bool deep = has_two_dots(name);
  struct mk_closest_name near = {.wanted = name, .len = strlen(name)};
  const char *own = lua_pushfstring(L, "mkrun.%s", name);
  for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++)
    mk_closest_name_try(&near, bindings[i].name);
  for (size_t i = 0; i < mk_embedded_count; i++) {
    const char *module = mk_embedded_name(&mk_embedded[i]);
    if (!strncmp(module, "mk", 2) && has_two_dots(module) == deep)
      mk_closest_name_try(&near, module);
  }
  if (find_binding(own) || mk_embedded_find(own)) near.found = own;
  if (near.found)
    lua_pushfstring(L, "no built-in module '%s', did you mean '%s'?", name,
                    near.found);
  else
    lua_pushfstring(L, "no built-in module '%s'", name);
  lua_remove(L, -2);
}

/* The function in package.searchers.  Its argument is the name of a module.
** Returns a loader and the string "built in".  If there is no such module,
** returns a message.
**
** mkrun.host.world passes true as the second argument, to load a module again
** for a confined script.  It gets the loader that the host used, if there is
** one, so that a module is compiled once. */
static int search(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  bool again = lua_toboolean(L, 2);
  const char *folder = upvalue_host(L)->config.lua_folder;
  lua_CFunction open = find_binding(name);
  if (open) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushcclosure(L, open, 1);
  } else if (!(again && take_loader(L, name)) &&
             !(folder && !strncmp(name, "mk", 2) && !strchr(name, '/') &&
               load_from_folder(L, folder, name))) {
    if (load_embedded(L, name)) {
      if (!again) keep_loader(L, name);
    } else if (load_bundled(L, name)) {
      return 2;
    } else if (!load_renamed(L, name)) {
      push_refusal(L, name);
      if (!mk_bundle_is_open()) return 1;
      lua_pushliteral(L, ", and none in this bundle");
      lua_concat(L, 2);
      return 1;
    }
  }
  lua_pushliteral(L, "built in");
  return 2;
}

void mk_searcher_install(lua_State *L, struct mk_host *host) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "searchers");
  for (lua_Integer i = luaL_len(L, -1); i >= 2; i--) {
    lua_rawgeti(L, -1, i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushlightuserdata(L, host);
  lua_pushcclosure(L, search, 1);
  /* The first searcher uses package.preload, the third uses package.path. */
  lua_rawseti(L, -2, 2);
  lua_pop(L, 2);
}
