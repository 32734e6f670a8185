/* apart.c - the Lua module mkrun.apart: runs Lua code in a state and a process
** of its own.
**
** The state shares nothing with that of the script.  It has 64 MB, and its
** process a second.  SIGXCPU ends the process inside a C function, too: a
** pattern of string.find may take for ever.
** SPDX-License-Identifier: MIT */
#include "lua/apart.h"

#include "base/apart.h"
#include "base/pool.h"
#include "lua/closest_name.h"
#include "lua/json.h"
#include "lua/sealed.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <string.h>

#define TALK_TYPE "mkrun.apart.talk"

#define MOST_MEMORY ((size_t)64 * 1024 * 1024)

/* A message has what the state has, and escapes of JSON. */
#define LONGEST ((size_t)128 * 1024 * 1024)

/* src/host/vm.c wraps lua_load, which then refuses bytecode. */
int __real_lua_load(lua_State *L, lua_Reader reader, void *data,
                    const char *chunk, const char *mode);

/* ---- in the process ---- */

/* ask(question) -> answer, or nil and why there is none.  The upvalue is the
** socket. */
static int l_ask(lua_State *L) {
  int fd = (int)lua_tointeger(L, lua_upvalueindex(1));
  enum mk_apart_kind kind;
  struct mk_buf text;
  size_t len;
  const char *question = luaL_checklstring(L, 1, &len);
  mk_buf_init(&text, MOST_MEMORY);
  text.alloc = lua_getallocf(L, &text.alloc_data);
  if (!mk_apart_send(fd, MK_APART_QUESTION, question, len) ||
      !mk_apart_receive(fd, &kind, &text))
    return luaL_error(L, "not enough memory"); /* the process ends */
  if (kind != MK_APART_ANSWER) luaL_pushfail(L);
  lua_pushlstring(L, text.data ? text.data : "", text.len);
  mk_buf_free(&text);
  return kind == MK_APART_ANSWER ? 1 : 2;
}

/* A function of type lua_Writer. */
static int write_code(lua_State *L, const void *bytes, size_t len, void *data) {
  (void)L;
  return mk_buf_add(data, bytes, len) ? 0 : 1;
}

/* A function of type lua_Reader. */
static const char *read_code(lua_State *L, void *data, size_t *len) {
  struct mk_buf *code = data;
  (void)L;
  *len = code->len;
  code->len = 0;
  return code->data;
}

/* What the process begins with: a copy of the script's state. */
struct job {
  lua_State *script; /* [main, answer, texts..., talk] */
  struct mk_pool pool;
  struct mk_buf code;
  int fd;
};

static void open_libraries(lua_State *L) {
  static const luaL_Reg libraries[] = {
      {LUA_GNAME, luaopen_base},       {LUA_STRLIBNAME, luaopen_string},
      {LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
      {LUA_UTF8LIBNAME, luaopen_utf8}, {NULL, NULL},
  };
  for (const luaL_Reg *lib = libraries; lib->name; lib++) {
    luaL_requiref(L, lib->name, lib->func, 1);
    lua_pop(L, 1);
  }
}

/* [-0, +1, e] Calls main(ask, json, closest_name, texts...) and pushes its
** result. */
static int call_main(lua_State *L) {
  struct job *job = lua_touserdata(L, 1);
  int texts = lua_gettop(job->script) - 3;
  open_libraries(L);
  if (__real_lua_load(L, read_code, &job->code, "=main", "b") != LUA_OK)
    return lua_error(L);
  lua_pushinteger(L, job->fd);
  lua_pushcclosure(L, l_ask, 1);
  luaL_requiref(L, "mkrun.json", luaopen_mkrun_json, 0);
  luaL_requiref(L, "mkrun.closest_name", luaopen_mkrun_closest_name, 0);
  for (int i = 0; i < texts; i++) {
    size_t len;
    const char *text = lua_tolstring(job->script, i + 3, &len);
    lua_pushlstring(L, text, len);
  }
  lua_call(L, texts + 3, 1);
  luaL_checktype(L, -1, LUA_TSTRING);
  return 1;
}

static void send_outcome(lua_State *L, int fd, int status) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  if (status == LUA_ERRMEM ||
      (status != LUA_OK && text && strstr(text, "not enough memory")))
    mk_apart_send(fd, MK_APART_MEMORY, "", 0);
  else if (status == LUA_OK)
    mk_apart_send(fd, MK_APART_RESULT, text, len);
  else if (text)
    mk_apart_send(fd, MK_APART_ERROR, text, len);
  else
    mk_apart_send(fd, MK_APART_ERROR, "the error is no text", 20);
}

/* The process.  Frees nothing, because its memory ends with it. */
static void run_main(int fd, void *data) {
  struct job *job = data;
  job->fd = fd;
  mk_buf_init(&job->code, MOST_MEMORY);
  lua_pushvalue(job->script, 1);
  bool good = lua_dump(job->script, write_code, &job->code, 0) == 0;
  lua_pop(job->script, 1);
  mk_pool_init(&job->pool, MOST_MEMORY);
  lua_State *L = good ? lua_newstate(mk_pool_alloc, &job->pool) : NULL;
  if (!L) {
    mk_apart_send(fd, MK_APART_MEMORY, "", 0);
    return;
  }
  lua_pushcfunction(L, call_main);
  lua_pushlightuserdata(L, job);
  send_outcome(L, fd, lua_pcall(L, 1, 1, 0));
}

/* ---- in the script's process ---- */

/* A process, and the last message that it has sent.  A userdata, because any
** call of Lua may raise an error. */
struct talk {
  struct mk_apart apart;
  struct mk_buf text;
  bool runs;
};

/* Ends the process.  Returns true if it had computed for too long. */
static bool end(struct talk *talk) {
  bool late = talk->runs && mk_apart_end(&talk->apart);
  talk->runs = false;
  return late;
}

static int talk_free(lua_State *L) {
  struct talk *talk = luaL_checkudata(L, 1, TALK_TYPE);
  end(talk);
  mk_buf_free(&talk->text);
  return 0;
}

/* [-0, +1, m] Pushes a talk that is closed when the C function returns or
** raises an error. */
static struct talk *push_talk(lua_State *L) {
  struct talk *talk = lua_newuserdatauv(L, sizeof *talk, 0);
  talk->runs = false;
  mk_buf_init(&talk->text, LONGEST);
  if (mk_sealed_type(L, TALK_TYPE)) {
    lua_pushcfunction(L, talk_free);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, talk_free);
    lua_setfield(L, -2, "__close");
  }
  lua_setmetatable(L, -2);
  lua_toclose(L, -1);
  return talk;
}

/* [-0, +0, e] Has the question answered by the function at index 2. */
static void answer(lua_State *L, const struct talk *talk) {
  size_t len;
  const struct mk_buf *question = &talk->text;
  lua_pushvalue(L, 2);
  lua_pushlstring(L, question->data ? question->data : "", question->len);
  lua_call(L, 1, 2);
  bool good = !lua_isnil(L, -2);
  const char *text = luaL_tolstring(L, good ? -2 : -1, &len);
  mk_apart_send(talk->apart.fd, good ? MK_APART_ANSWER : MK_APART_REFUSAL, text,
                len);
  lua_pop(L, 3);
}

/* [-0, +0, e] Answers questions until the process sends its last message.
** Returns what that is, or 0 if the process is gone. */
static int listen_to(lua_State *L, struct talk *talk) {
  enum mk_apart_kind kind;
  while (mk_apart_receive(talk->apart.fd, &kind, &talk->text)) {
    if (kind != MK_APART_QUESTION) return (int)kind;
    answer(L, talk);
  }
  return 0;
}

/* [-0, +(1|3), m] Pushes the results of `run`. */
static int push_outcome(lua_State *L, int kind, bool late,
                        const struct mk_buf *text) {
  if (kind == MK_APART_RESULT) {
    lua_pushlstring(L, text->data, text->len);
    return 1;
  }
  luaL_pushfail(L);
  if (kind == MK_APART_ERROR) {
    lua_pushlstring(L, text->data, text->len);
    lua_pushliteral(L, "error");
  } else if (kind == MK_APART_MEMORY) {
    lua_pushliteral(L, "needs more than 64 MB");
    lua_pushliteral(L, "memory");
  } else {
    lua_pushstring(L, late ? "computes for more than a second"
                           : "its process has ended");
    lua_pushstring(L, late ? "time" : "io");
  }
  return 3;
}

/* apart.run(main, answer, texts...) -> text
**   -> nil, message, "error" | "memory" | "time" | "io"
** Calls main(ask, json, closest_name, texts...) in a state of its own.  That
** state has only Lua's libraries base, string, table, math and utf8.  `main`
** has no upvalue but its globals, and returns a text.  There, ask(question)
** returns what answer(question) returns here: a text, or nil and why there is
** none. */
static int l_run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  for (int i = 3; i <= lua_gettop(L); i++) luaL_checktype(L, i, LUA_TSTRING);
  struct job job = {.script = L};
  struct talk *talk = push_talk(L);
  int error = mk_apart_start(&talk->apart, run_main, &job);
  if (error) {
    luaL_pushfail(L);
    lua_pushfstring(L, "cannot start a process: %s", strerror(error));
    lua_pushliteral(L, "io");
    return 3;
  }
  talk->runs = true;
  int kind = listen_to(L, talk);
  bool late = end(talk);
  return push_outcome(L, kind, late, &talk->text);
}

static const luaL_Reg functions[] = {{"run", l_run}, {NULL, NULL}};

int luaopen_mkrun_apart(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
