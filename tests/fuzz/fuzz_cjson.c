/* fuzz_cjson.c - foreign bytes against lua-cjson as it is patched, also where
** memory ends.  SPDX-License-Identifier: MIT */
#include <lauxlib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int luaopen_cjson(lua_State *L);

static void require(bool good) {
  if (!good) abort();
}

/* Allocates `*left` times more; -1 stands for ever. */
static void *allocate(void *data, void *block, size_t old_size, size_t size) {
  int *left = data;
  if (size == 0) {
    free(block);
    return NULL;
  }
  bool grows = !block || size > old_size;
  if (grows && *left == 0) return NULL;
  if (grows && *left > 0) --*left;
  return realloc(block, size);
}

/* stack: module -> module result */
static int call(lua_State *L, const char *function, int argument) {
  lua_getfield(L, 1, function);
  lua_pushvalue(L, argument);
  return lua_pcall(L, 1, 1, 0);
}

/* stack: module value text.  The order of the members may be another one. */
static void check_round_trip(lua_State *L) {
  struct mk_json_error error;
  size_t len, again;
  const char *text = lua_tolstring(L, 3, &len);
  require(mk_json_scan(text, len, &error));
  require(call(L, "decode", 3) == LUA_OK && call(L, "encode", 4) == LUA_OK);
  const char *same = lua_tolstring(L, 5, &again);
  require(again == len);
  require(strchr(text, '{') || memcmp(text, same, len) == 0);
}

/* stack: module text */
static void check_text(lua_State *L, int *left) {
  struct mk_json_error error;
  size_t len;
  const char *text = lua_tolstring(L, 2, &len);
  bool good = mk_json_scan(text, len, &error), endless = *left < 0;
  int status = call(L, "decode", 2);
  require(!good || !endless || status == LUA_OK);
  if (status != LUA_OK) return;
  lua_remove(L, 2);
  status = call(L, "encode", 2);
  require(!good || !endless || status == LUA_OK);
  *left = -1;
  if (good && status == LUA_OK) check_round_trip(L);
}

static void check(const uint8_t *data, size_t size, int allocations) {
  int left = -1;
  lua_State *L = lua_newstate(allocate, &left);
  require(L);
  luaL_requiref(L, "cjson", luaopen_cjson, 0);
  lua_pushlstring(L, (const char *)data, size);
  left = allocations;
  check_text(L, &left);
  left = -1;
  lua_close(L);
}

/* A byte in the middle says when memory ends the second time. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  check(data, size, -1);
  check(data, size, size > 0 ? data[size / 2] : 0);
  return 0;
}
