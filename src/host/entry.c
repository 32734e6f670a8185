/* entry.c - a list of the functions and modules of the Lua library that the
** host uses.
**
** This is the only C file that contains names of the Lua library's modules.
** The names of a provider's modules come from its file host.lua.  A module in
** lua/mkrun must not require a module of a provider.  If it needs one, the host
** passes a function from this list through mkrun.config.
** SPDX-License-Identifier: MIT */
#include "host/entry.h"

#include "provider.h"

static const struct {
  /* The names of a module and of a function in the module.  If `function` is
  ** NULL, the entry is the module itself. */
  const char *module, *function;
} entries[] = {
    [MK_ENTRY_LIST] = {"mkrun.host.manual", "print_list"},
    [MK_ENTRY_LIST_NEEDS] = {"mkrun.host.manual", "print_needs"},
    [MK_ENTRY_MANUAL] = {"mkrun.host.manual", "help"},
    [MK_ENTRY_SBOM] = {"mkrun.tool.sbom", "print"},
    [MK_ENTRY_TYPES] = {"mkrun.tool.types", "write"},
    [MK_ENTRY_COMPLETE] = {"mkrun.tool.completion.answer", "print"},
    [MK_ENTRY_HELP] = {"mkrun.script", "print_help"},
    [MK_ENTRY_PLAN_START] = {"mkrun.plan", "start"},
    [MK_ENTRY_PLAN_FINISH] = {"mkrun.plan", "finish"},
    [MK_ENTRY_PLAN_STOP] = {"mkrun.plan", "stop"},
    [MK_ENTRY_APPLY] = {"mkrun.plan", "recall"},
    [MK_ENTRY_APPLIED] = {"mkrun.plan", "applied"},
    [MK_ENTRY_REPLAY] = {"mkrun.layer.replay", "open"},
    [MK_ENTRY_REPLAY_FINISH] = {"mkrun.layer.replay", "finish"},
    [MK_ENTRY_RESUME] = {"mkrun.journal", "recall"},
    [MK_ENTRY_LAYERS] = {"mkrun.host.stack", "install"},
    [MK_ENTRY_DECLARE] = {"mkrun.rest.entry", "declare"},
    [MK_ENTRY_NAMED] = {"mkrun.layer.named", "check"},
    [MK_ENTRY_TOLD] = {"mkrun.host.provider_script", "told"},
    [MK_ENTRY_MEANING] = {"mkrun.rest.meaning", "of"},
    [MK_ENTRY_PROVIDERS] = {"mkrun.host.provider_files", "load"},
    [MK_ENTRY_CONFINE] = {"mkrun.host.confine", "enter"},
    [MK_ENTRY_MEANT] = {"mkrun.host.meant", "explain"},
    [MK_ENTRY_FAULT_JSON] = {"mkrun.host.fault_json", "line"},
    [MK_ENTRY_RENAMED_LOADER] = {"mkrun.host.renamed", "loader"},
    [MK_ENTRY_PROMPT] = {"mkrun.host.prompt", NULL},
    MK_PROVIDER_ENTRIES,
};

/* The Lua function that mk_entry_push pushes.  Its upvalue is an enum
** mk_entry. */
static int call_entry(lua_State *L) {
  lua_Integer entry = lua_tointeger(L, lua_upvalueindex(1));
  const char *function = entries[entry].function;
  int nargs = lua_gettop(L);
  lua_getglobal(L, "require");
  lua_pushstring(L, entries[entry].module);
  lua_call(L, 1, 1);
  if (!function) return 1;
  lua_getfield(L, -1, function);
  lua_replace(L, -2); /* removes the module from the stack */
  lua_insert(L, 1);
  lua_call(L, nargs, LUA_MULTRET);
  return lua_gettop(L);
}

void mk_entry_push(lua_State *L, enum mk_entry entry) {
  lua_pushinteger(L, entry);
  lua_pushcclosure(L, call_entry, 1);
}

const char *mk_entry_module(enum mk_entry entry) {
  return entries[entry].module;
}
