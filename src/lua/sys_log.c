/* sys_log.c - sys.log: an append-only file whose lines survive a crash.
** SPDX-License-Identifier: MIT */
#include "lua/sys_log.h"

#include "base/append_log.h"
#include "lua/file_fault.h"
#include "lua/output.h"
#include "lua/sealed.h"

#include <lauxlib.h>

#define LOG_TYPE "mkrun.sys.log"

/* [-0, +3, m] Pushes nil, message, code.  The user value of the log at `index`
** is its path. */
static int fail(lua_State *L, int index, int error) {
  lua_getiuservalue(L, index, 1);
  return mk_file_fault_locked(L, lua_tostring(L, -1), error);
}

static struct mk_append_log *check_log(lua_State *L) {
  return luaL_checkudata(L, 1, LOG_TYPE);
}

/* [-0, +1, m] Pushes a log without an open file.  `path` is the stack index of
** its path. */
static struct mk_append_log *new_log(lua_State *L, int path) {
  struct mk_append_log *log = lua_newuserdatauv(L, sizeof *log, 1);
  *log = (struct mk_append_log){.fd = -1};
  luaL_setmetatable(L, LOG_TYPE);
  lua_pushvalue(L, path);
  lua_setiuservalue(L, -2, 1);
  return log;
}

int mk_lua_log(lua_State *L) {
  static const char *const kinds[] = {[MK_APPEND_LOG_ANY] = "any",
                                      [MK_APPEND_LOG_FRESH] = "fresh",
                                      [MK_APPEND_LOG_TRUSTED] = "trusted",
                                      NULL};
  const char *path = luaL_checkstring(L, 1);
  int kind = luaL_checkoption(L, 2, "any", kinds);
  struct mk_append_log *log = new_log(L, 1);
  int error = mk_append_log_open(log, path, (enum mk_append_log_kind)kind);
  return error ? fail(L, lua_gettop(L), error) : 1;
}

void mk_lua_log_take(lua_State *L, struct mk_append_log *from,
                     const char *path) {
  mk_lua_log_register(L);
  lua_pushstring(L, path);
  *new_log(L, lua_gettop(L)) = *from;
  from->fd = -1;
  lua_remove(L, -2);
}

static int done(lua_State *L, int error) {
  if (error) return fail(L, 1, error);
  lua_pushboolean(L, true);
  return 1;
}

/* log:read() -> text | nil, message, code
**
** Reads the length once, because a finalizer may append to the log while the
** buffer is allocated. */
static int l_read(lua_State *L) {
  const struct mk_append_log *log = check_log(L);
  luaL_Buffer text;
  luaL_argcheck(L, log->fd >= 0, 1, "log is closed");
  lua_settop(L, 1);
  size_t len = (size_t)log->end;
  char *bytes = luaL_buffinitsize(L, &text, len);
  int error = mk_append_log_read(log, bytes, len);
  if (error) return fail(L, 1, error);
  luaL_pushresultsize(&text, len);
  return 1;
}

/* log:append(line) -> true | nil, message, code.  Appends the line with secrets
** redacted. */
static int l_append(lua_State *L) {
  struct mk_append_log *log = check_log(L);
  luaL_checkstring(L, 2);
  luaL_argcheck(L, log->fd >= 0, 1, "log is closed");
  lua_settop(L, 2);
  lua_pushcfunction(L, mk_lua_redact);
  lua_insert(L, 2);
  lua_call(L, 1, 1);
  lua_pushliteral(L, "\n");
  lua_concat(L, 2);
  size_t len;
  const char *line = lua_tolstring(L, 2, &len);
  return done(L, mk_append_log_append(log, line, len));
}

/* log:reserve(bytes) -> true | nil, message, code.  Reserves disk space for
** this many more bytes. */
static int l_reserve(lua_State *L) {
  struct mk_append_log *log = check_log(L);
  lua_Integer len = luaL_checkinteger(L, 2);
  luaL_argcheck(L, len > 0, 2, "1 or more expected");
  luaL_argcheck(L, log->fd >= 0, 1, "log is closed");
  return done(L, mk_append_log_reserve(log, (size_t)len));
}

/* log:cut(length) -> true | nil, message, code.  Truncates the log to this many
** bytes. */
static int l_cut(lua_State *L) {
  struct mk_append_log *log = check_log(L);
  lua_Integer length = luaL_checkinteger(L, 2);
  luaL_argcheck(L, length >= 0, 2, "0 or more expected");
  luaL_argcheck(L, log->fd >= 0, 1, "log is closed");
  return done(L, mk_append_log_cut(log, (off_t)length));
}

static int l_close(lua_State *L) {
  mk_append_log_close(check_log(L));
  return 0;
}

static const luaL_Reg methods[] = {
    {"read", l_read}, {"append", l_append}, {"reserve", l_reserve},
    {"cut", l_cut},   {"close", l_close},   {NULL, NULL},
};

static const luaL_Reg meta[] = {
    {"__gc", l_close},
    {"__close", l_close},
    {NULL, NULL},
};

void mk_lua_log_register(lua_State *L) {
  mk_sealed_type(L, LOG_TYPE);
  luaL_setfuncs(L, meta, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
