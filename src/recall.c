/* recall.c - --resume without SCRIPT: the journal says what was run.
** SPDX-License-Identifier: MIT */
#include "recall.h"

#include "host.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

void mk_recall_free(struct mk_options *o) {
  if (!o->argv) return;
  for (int i = 1; i < o->argc; i++) free(o->argv[i]);
  free(o->argv);
  o->argv = NULL;
}

/* [-0, +0, e] The list of words at the top, as the arguments of a program;
** where the script would be is argv[1]. */
static void take_words(lua_State *L, struct mk_options *o,
                       const struct mk_options *given) {
  int count = (int)lua_rawlen(L, -1);
  *o = *given;
  o->argv = calloc((size_t)count + 2, sizeof *o->argv);
  if (!o->argv) luaL_error(L, "not enough memory");
  o->argv[0] = given->argv[0];
  o->argc = o->script = 1;
  for (; o->argc <= count; o->argc++) {
    lua_rawgeti(L, -1, o->argc);
    o->argv[o->argc] = strdup(lua_tostring(L, -1));
    if (!o->argv[o->argc]) luaL_error(L, "not enough memory");
    lua_pop(L, 1);
  }
}

/* [-0, +1, e] */
static void push_module(lua_State *L, const char *name) {
  lua_getglobal(L, "require");
  lua_pushstring(L, name);
  lua_call(L, 1, 1);
}

int mk_recall(lua_State *L) {
  struct mk_host *h = lua_touserdata(L, 1);
  char message[1024];
  push_module(L, "mkrun.journal");
  lua_getfield(L, -1, "recall");
  lua_call(L, 0, 1);
  take_words(L, &h->recalled, h->options);
  h->options = &h->recalled;
  if (!mk_script_find(&h->script, h->recalled.argv[1], message,
                      sizeof message)) {
    h->failure = MK_USAGE;
    return luaL_error(L, "%s", message);
  }
  push_module(L, "mkrun.config");
  mk_config_set_script(L, &h->script);
  return 0;
}
