/* apply.c - takes the script of the run from the plan of --apply.
**
** The C structs point to strings of the plan's Lua table.  The registry refers
** to the table, so that the strings stay valid until the Lua state is closed.
** SPDX-License-Identifier: MIT */
#include "host/apply.h"

#include "base/bundle.h"
#include "host/bundle.h"
#include "host/entry.h"
#include "host/host.h"
#include "host/resume.h"
#include "host/vm.h"

#include <lauxlib.h>
#include <string.h>

/* The address of `kept` is the key of the plan's table in the registry. */
static const char kept;

/* [-0, +0, m] Returns the string field `name` of the table at the top, or NULL
** if the field is not a string.  Sets `*len` to the string's length in
** bytes. */
static const char *text_at(lua_State *L, const char *name, size_t *len) {
  lua_getfield(L, -1, name);
  const char *text = lua_tolstring(L, -1, len);
  lua_pop(L, 1);
  return text;
}

/* [-0, +0, e] Sets `*s` to the script of the plan.  The plan's table is at the
** top. */
static void take_script(lua_State *L, struct mk_script *s) {
  size_t len;
  lua_getfield(L, -1, "script");
  s->name = text_at(L, "name", &len);
  s->path = text_at(L, "path", &len);
  s->source = text_at(L, "source", &s->len);
  s->doubt = text_at(L, "doubt", &len);
  lua_getfield(L, -2, "is_built_in");
  s->is_file = !lua_toboolean(L, -1);
  lua_pop(L, 2);
}

/* [-0, +0, e] In a bundle, raises an error if the plan is not of its flow.  The
** plan's table is at the top. */
static void check_bundle(lua_State *L, const struct mk_script *s) {
  struct mk_bundle_entry e;
  if (!mk_bundle_is_open()) return;
  lua_getfield(L, -1, "actions");
  bool more = lua_rawlen(L, -1) > 0;
  lua_pop(L, 1);
  bool same = s->is_file ? mk_bundle_find(MK_BUNDLE_FLOW, s->path, &e) &&
                               e.len == s->len && s->source &&
                               !memcmp(e.bytes, s->source, e.len)
                         : mk_bundle_find(MK_BUNDLE_BUILT_IN, s->name, &e);
  if (!same || more)
    luaL_error(L, "--apply: the plan is not of this bundle, which runs %s",
               mk_host_bundle_flow());
}

/* [-0, +0, e] Sets o->actions to the options -e, -l and -W in the list at the
** top.  Stores the memory for o->actions in the list, so that the garbage
** collector does not free the memory. */
static void take_actions(lua_State *L, struct mk_options *o) {
  size_t count = (size_t)lua_rawlen(L, -1), len;
  o->actions = lua_newuserdatauv(L, (count + 1) * sizeof *o->actions, 0);
  lua_setfield(L, -2, "held");
  o->action_count = count;
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -1, (lua_Integer)i + 1);
    const char *letter = text_at(L, "letter", &len);
    o->actions[i].letter = *letter;
    o->actions[i].text = text_at(L, "text", &len);
    if (strchr("el", *letter) && !o->actions[i].text)
      luaL_error(L, "--apply: -%s in the plan: text expected", letter);
    lua_pop(L, 1);
  }
}

int mk_apply_script(lua_State *L) {
  struct mk_host *h = lua_touserdata(L, 1);
  mk_entry_push(L, MK_ENTRY_APPLY);
  lua_call(L, 0, 1);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &kept);
  lua_getfield(L, -1, "words");
  mk_resume_take_words(L, h);
  lua_pop(L, 1);
  take_script(L, &h->script);
  check_bundle(L, &h->script);
  size_t len;
  const char *confine = text_at(L, "confine", &len);
  if (confine) h->recalled.confine = confine;
  lua_getfield(L, -1, "actions");
  take_actions(L, &h->recalled);
  mk_vm_set_paths(L, h);
  return 0;
}
