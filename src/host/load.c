/* load.c - runs LUA_INIT, the options -e and -l, and SCRIPT, in protected
** calls.
** SPDX-License-Identifier: MIT */
#include "host/load.h"

#include "host/call.h"
#include "host/entry.h"
#include "host/host.h"
#include "host/vm.h"

#include <lauxlib.h>
#include <string.h>

/* [-0, +n, m] Pushes the arguments of the script.  Returns the number of
** arguments. */
static int push_arguments(lua_State *L, const struct mk_options *o) {
  int n = o->script ? o->argc - o->script - 1 : 0;
  luaL_checkstack(L, n + LUA_MINSTACK, "too many arguments");
  for (int i = o->argc - n; i < o->argc; i++) lua_pushstring(L, o->argv[i]);
  return n;
}

const char *mk_load_skip_head(const char *source, size_t *len) {
  const char *p = source, *end = source + *len;
  if (*len >= 3 && !memcmp(p, "\xef\xbb\xbf", 3)) p += 3;
  if (p < end && *p == '#')
    while (p < end && *p != '\n') p++;
  *len = (size_t)(end - p);
  return p;
}

/* [-0, +1, m] Inserts the main function of the text below the `nargs` values at
** the top.  Returns false on an error; then the values are gone, and the
** message is at the top. */
static bool load_text(lua_State *L, const char *text, size_t len,
                      const char *chunk, int nargs) {
  bool good = luaL_loadbufferx(L, text, len, chunk, "t") == LUA_OK;
  lua_insert(L, -nargs - 1);
  if (!good) lua_pop(L, nargs);
  return good;
}

static bool run_text(lua_State *L, const char *text, size_t len,
                     const char *chunk) {
  return load_text(L, text, len, chunk, 0) && mk_host_call(L, 0, 0);
}

/* Returns true if the script is a built-in tool, such as `bundle`, whose header
** does not say what it may do.  It is mkrun's own code. */
static bool is_free_tool(const struct mk_script *s) {
  return mk_script_is_flow(s) && mk_script_has_tag(s, "tool") &&
         !mk_script_has_needs(s);
}

bool mk_load_is_confined(const struct mk_host *h) {
  const struct mk_options *o = h->options;
  if (is_free_tool(&h->script)) return o->confine;
  return o->confine || o->resume || o->apply || h->config.confines ||
         h->script.doubt || mk_script_is_flow(&h->script) ||
         mk_script_has_needs(&h->script);
}

/* The address of this variable is a key in the registry: the globals of a
** confined script. */
static const char globals;

/* [-0, +0, m] Keeps the globals of the main function at `index`: its first
** upvalue. */
static void keep_globals(lua_State *L, int index) {
  if (!lua_getupvalue(L, index, 1)) return;
  lua_rawsetp(L, LUA_REGISTRYINDEX, &globals);
}

void mk_load_push_globals(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &globals) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_pushglobaltable(L);
}

/* [-0, +0|1, e] Binds the function below the arguments of the script to what
** the script may do.  Returns false on an error; then the message is at the
** top. */
static bool confine(lua_State *L, int nargs) {
  mk_entry_push(L, MK_ENTRY_CONFINE);
  lua_pushvalue(L, -nargs - 2);
  if (!mk_host_call(L, 1, 1)) return false;
  lua_replace(L, -nargs - 2);
  keep_globals(L, lua_gettop(L) - nargs);
  return true;
}

/* [-0, +0|1, -] Loads the files of @provider in the header of a script that is
** not confined.  Returns false on an error; then the message is at the top. */
static bool load_providers(lua_State *L, const struct mk_script *s) {
  if (!mk_script_has_provider(s)) return true;
  mk_entry_push(L, MK_ENTRY_PROVIDERS);
  return mk_host_call(L, 0, 0);
}

/* [-1, +0|1, -] Tells the user of the provider that the script has returned, if
** the value at the top is one.  Returns false on an error; then the message is
** at the top. */
static bool tell_provider(lua_State *L) {
  if (!lua_istable(L, -1)) {
    lua_pop(L, 1);
    return true;
  }
  mk_entry_push(L, MK_ENTRY_TOLD);
  lua_insert(L, -2);
  return mk_host_call(L, 1, 0);
}

bool mk_load_script(lua_State *L, const struct mk_host *h) {
  const struct mk_script *s = &h->script;
  size_t len = s->len;
  const char *text = mk_load_skip_head(s->source, &len);
  bool is_file = s->path != NULL;
  const char *chunk =
      lua_pushfstring(L, is_file ? "@%s" : "=%s", is_file ? s->path : "stdin");
  int nargs = push_arguments(L, h->options);
  if (!load_text(L, text, len, chunk, nargs)) return false;
  if (mk_load_is_confined(h) ? !confine(L, nargs) : !load_providers(L, s))
    return false;
  return mk_host_call(L, nargs, 1) && tell_provider(L);
}

bool mk_load_module(lua_State *L, const char *name) {
  lua_getglobal(L, "require");
  lua_pushstring(L, name);
  return mk_host_call(L, 1, 1);
}

/* [-0, +0|1, -] Performs the option -l MOD or -l G=MOD.  The rules are the same
** as for the program lua. */
static bool require_global(lua_State *L, const char *text) {
  const char *equals = strchr(text, '=');
  if (!mk_load_module(L, equals ? equals + 1 : text)) return false;
  if (equals)
    lua_pushlstring(L, text, (size_t)(equals - text));
  else
    lua_pushlstring(L, text, strcspn(text, "-"));
  lua_insert(L, -2); /* stack: name, module */
  lua_pushglobaltable(L);
  lua_insert(L, -3);
  lua_settable(L, -3);
  lua_pop(L, 1);
  return true;
}

static bool run_options(lua_State *L, const struct mk_options *o) {
  for (size_t i = 0; i < o->action_count; i++) {
    const struct mk_action *a = &o->actions[i];
    bool good = true;
    if (a->letter == 'e')
      good = run_text(L, a->text, strlen(a->text), "=(command line)");
    if (a->letter == 'l') good = require_global(L, a->text);
    if (a->letter == 'W') lua_warning(L, "@on", 0);
    if (!good) return false;
  }
  return true;
}

static bool run_init(lua_State *L, const struct mk_host *h) {
  const char *init = mk_vm_variable(h, "LUA_INIT");
  if (!init) return true;
  if (*init != '@') return run_text(L, init, strlen(init), "=LUA_INIT");
  if (luaL_loadfilex(L, init + 1, "t") != LUA_OK) return false;
  return mk_host_call(L, 0, 0);
}

bool mk_load_actions(lua_State *L, const struct mk_host *h) {
  return run_init(L, h) && run_options(L, h->options);
}
