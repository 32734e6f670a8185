/* recall.c - --resume without SCRIPT, and --undo: what is run instead.
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

/* Gives the host options of its own, with room for so many words of which the
** first is the script. */
static bool begin(struct mk_host *h, size_t count) {
  struct mk_options *o = &h->recalled;
  *o = *h->options;
  o->argv = calloc(count + 2, sizeof *o->argv);
  if (!o->argv) return false;
  o->argv[0] = h->options->argv[0];
  o->argc = o->script = 1;
  h->options = o;
  return true;
}

static bool add(struct mk_options *o, const char *word) {
  o->argv[o->argc] = strdup(word);
  return o->argv[o->argc++] != NULL;
}

/* [-0, +0, e] The list of words at the top. */
static void take_words(lua_State *L, struct mk_host *h) {
  lua_Unsigned count = lua_rawlen(L, -1);
  bool good = begin(h, (size_t)count);
  for (lua_Unsigned i = 1; good && i <= count; i++) {
    lua_rawgeti(L, -1, (lua_Integer)i);
    good = add(&h->recalled, lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  if (!good) luaL_error(L, "not enough memory");
}

bool mk_recall_undo(struct mk_host *h) {
  const char *file = h->options->undo;
  return begin(h, 2) && add(&h->recalled, "undo") && add(&h->recalled, file);
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
  take_words(L, h);
  if (!mk_script_find(&h->script, h->recalled.argv[1], message,
                      sizeof message)) {
    h->failure = MK_USAGE;
    return luaL_error(L, "%s", message);
  }
  push_module(L, "mkrun.config");
  mk_config_set_script(L, &h->script);
  return 0;
}
