/* sys.c - the Lua module mkrun.sys: files, terminal, clock, random numbers.
** SPDX-License-Identifier: MIT */
#include "lua/sys.h"

#include "base/bundle.h"
#include "base/clock.h"
#include "base/embed.h"
#include "base/file.h"
#include "base/sweep.h"
#include "base/timestamp.h"
#include "lua/backend.h"
#include "lua/file_fault.h"
#include "lua/header.h"
#include "lua/sealed.h"
#include "lua/secret.h"
#include "lua/sys_finally.h"
#include "lua/sys_lock.h"
#include "lua/sys_log.h"

#include <errno.h>
#include <lauxlib.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SLOT_TYPE "mkrun.sys.slot"
#define BYTES_TYPE "mkrun.sys.bytes"
#define RANDOM_MAX 65536

static int succeed(lua_State *L) {
  lua_pushboolean(L, true);
  return 1;
}

/* --- Files ---------------------------------------------------------------- */

/* Returns the option `overwrite` of the table at `arg`, or false.  Raises an
** error for any other option. */
static bool check_overwrite(lua_State *L, int arg) {
  if (lua_isnoneornil(L, arg)) return false;
  luaL_checktype(L, arg, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, arg); lua_pop(L, 1)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2)
                                                      : luaL_typename(L, -2);
    if (strcmp(name, "overwrite") != 0)
      luaL_argerror(L, arg, lua_pushfstring(L, "unknown option '%s'", name));
    if (!lua_isboolean(L, -1))
      luaL_argerror(L, arg, "option 'overwrite': boolean expected");
  }
  lua_getfield(L, arg, "overwrite");
  return lua_toboolean(L, -1);
}

static struct mk_temp_file *check_slot(lua_State *L) {
  return luaL_checkudata(L, 1, SLOT_TYPE);
}

/* sys.reserve(path, {overwrite=true}?) -> slot | nil, message, code.  Creates a
** temporary file that slot:store renames to `path`. */
static int l_reserve(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  bool overwrite = check_overwrite(L, 2);
  struct mk_temp_file *slot = lua_newuserdatauv(L, sizeof *slot, 0);
  *slot = (struct mk_temp_file){.fd = -1};
  luaL_setmetatable(L, SLOT_TYPE);
  int error = mk_temp_file_open(slot, path, overwrite, 0600);
  if (error) return mk_file_fault(L, path, error);
  if (slot->is_locked) mk_sweep(slot->path, MK_FILE_RESERVED);
  return 1;
}

/* sys.check_place(path, {overwrite=true}?) -> true | nil, message, code.
** Checks what sys.reserve checks, without creating a file. */
static int l_check_place(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  int error = mk_temp_file_check(path, check_overwrite(L, 2));
  return error ? mk_file_fault(L, path, error) : succeed(L);
}

/* slot:store(secret | string) -> true -> nil, message, code, path? path: the
** temporary file that contains the bytes */
static int l_store(lua_State *L) {
  struct mk_temp_file *slot = check_slot(L);
  size_t len;
  bool kept;
  const char *bytes = mk_secret_bytes(L, 2, &len);
  if (!bytes) bytes = luaL_checklstring(L, 2, &len);
  luaL_argcheck(L, slot->fd >= 0, 1, "slot is closed");
  int error = mk_temp_file_store(slot, bytes, len, &kept);
  if (!error) return succeed(L);
  int results = mk_file_fault(L, slot->path, error);
  if (!kept) return results;
  lua_pushfstring(L, "%s; the bytes are in %s", lua_tostring(L, -2),
                  slot->temp);
  lua_replace(L, -3);
  lua_pushstring(L, slot->temp);
  mk_temp_file_keep(slot);
  return results + 1;
}

static int l_slot_close(lua_State *L) {
  mk_temp_file_close(check_slot(L));
  return 0;
}

static int l_slot_tostring(lua_State *L) {
  const struct mk_temp_file *slot = check_slot(L);
  lua_pushfstring(L, "slot (%s)", slot->path ? slot->path : "closed");
  return 1;
}

typedef int reader(const char *path, size_t max, char **bytes, size_t *len);

static int read_with(lua_State *L, reader *read_file) {
  const char *path = luaL_checkstring(L, 1);
  size_t len;
  char **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, BYTES_TYPE);
  lua_toclose(L, -1);
  int error = read_file(path, MK_FILE_MAX, box, &len);
  if (error) return mk_file_fault(L, path, error);
  lua_pushlstring(L, *box, len);
  return 1;
}

/* sys.read(path | "-") -> text | nil, message, code.  Reads a whole file, or
** standard input for "-". */
static int l_read(lua_State *L) {
  return read_with(L, mk_file_read);
}

/* sys.read_trusted(path | "-") -> text | nil, message, code.  Like sys.read,
** but refuses a file that other users can change. */
static int l_read_trusted(lua_State *L) {
  return read_with(L, mk_file_read_trusted);
}

static int l_free_bytes(lua_State *L) {
  char **box = luaL_checkudata(L, 1, BYTES_TYPE);
  free(*box);
  *box = NULL;
  return 0;
}

/* sys.real_path(path) -> absolute path without links | nil, message, code */
static int l_real_path(lua_State *L) {
  char real[PATH_MAX];
  const char *path = luaL_checkstring(L, 1);
  if (!mk_bundle_place(path, real) && !realpath(path, real))
    return mk_file_fault(L, path, errno);
  lua_pushstring(L, real);
  return 1;
}

/* Returns the mode at `arg`: octal text such as "640", or a number.  Returns 0
** if the argument is missing. */
static mode_t opt_mode(lua_State *L, int arg) {
  if (lua_isnoneornil(L, arg)) return 0;
  lua_Integer mode = -1;
  if (lua_type(L, arg) == LUA_TSTRING) {
    char *end;
    const char *text = lua_tostring(L, arg);
    long n = strtol(text, &end, 8);
    if (*text && !*end) mode = n;
  } else {
    mode = luaL_checkinteger(L, arg);
  }
  luaL_argcheck(L, mode > 0 && mode <= 0777, arg,
                "mode such as \"640\" expected");
  return (mode_t)mode;
}

/* sys.is_special(path) -> true if the path exists and is not a regular file */
static int l_is_special(lua_State *L) {
  struct stat st;
  bool there = stat(luaL_checkstring(L, 1), &st) == 0;
  lua_pushboolean(L, there && !S_ISREG(st.st_mode));
  return 1;
}

/* sys.write(path, text, mode?) -> true | nil, message, code.  Replaces the
** whole file. */
static int l_write(lua_State *L) {
  size_t len;
  const char *path = luaL_checkstring(L, 1);
  const char *text = luaL_checklstring(L, 2, &len);
  int error = mk_file_replace(path, text, len, opt_mode(L, 3));
  return error ? mk_file_fault(L, path, error) : succeed(L);
}

/* sys.make_folder(path) -> true | nil, message, code */
static int l_make_folder(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  return mkdir(path, 0777) ? mk_file_fault(L, path, errno) : succeed(L);
}

/* sys.builtin(name) -> source and path of an embedded file, or nil */
static int l_builtin(lua_State *L) {
  const struct mk_embedded *e = mk_embedded_find(luaL_checkstring(L, 1));
  if (!e) return 0;
  char path[MK_EMBEDDED_PATH_MAX];
  luaL_Buffer text;
  char *room = luaL_buffinitsize(L, &text, e->len + 1);
  if (!mk_embedded_unpack(e, room)) luaL_error(L, "not enough memory");
  luaL_pushresultsize(&text, e->len);
  mk_embedded_path(e, path);
  lua_pushstring(L, path);
  return 2;
}

/* sys.builtins() -> sorted list of the names of all embedded files */
static int l_builtins(lua_State *L) {
  lua_createtable(L, (int)mk_embedded_count, 0);
  for (size_t i = 0; i < mk_embedded_count; i++) {
    lua_pushstring(L, mk_embedded_name(&mk_embedded[i]));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* --- Terminal, process, random -------------------------------------------- */

/* sys.isatty("stdin" | "stdout" | "stderr") -> boolean */
static int l_isatty(lua_State *L) {
  static const char *const names[] = {"stdin", "stdout", "stderr", NULL};
  lua_pushboolean(L, isatty(luaL_checkoption(L, 1, NULL, names)));
  return 1;
}

static int l_getpid(lua_State *L) {
  lua_pushinteger(L, getpid());
  return 1;
}

static void fill_random(lua_State *L, unsigned char *bytes, size_t len) {
  for (size_t used = 0; used < len;) {
    ssize_t n = getrandom(bytes + used, len - used, 0);
    if (n < 0 && errno != EINTR)
      luaL_error(L, "no random numbers: %s", strerror(errno));
    if (n > 0) used += (size_t)n;
  }
}

/* sys.random(n) -> n random bytes from the kernel */
static int l_random(lua_State *L) {
  lua_Integer n = luaL_checkinteger(L, 1);
  luaL_argcheck(L, n >= 0 && n <= RANDOM_MAX, 1, "0 to 65536 bytes expected");
  luaL_Buffer b;
  char *bytes = luaL_buffinitsize(L, &b, (size_t)n);
  fill_random(L, (unsigned char *)bytes, (size_t)n);
  luaL_pushresultsize(&b, (size_t)n);
  return 1;
}

/* sys.uuid() -> random UUID (version 4), such as
** "2f1f6a1c-9e01-4a5e-9d0c-7b0d2a4e3c11" */
static int l_uuid(lua_State *L) {
  unsigned char r[16];
  char text[37], *out = text;
  fill_random(L, r, sizeof r);
  r[6] = (unsigned char)((r[6] & 0x0f) | 0x40);
  r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
  for (size_t i = 0; i < sizeof r; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    out += snprintf(out, 3, "%02x", r[i]);
  }
  lua_pushlstring(L, text, (size_t)(out - text));
  return 1;
}

/* --- Time ----------------------------------------------------------------- */

static int push_clock(lua_State *L, clockid_t clock) {
  lua_pushnumber(L, mk_clock_now(clock));
  return 1;
}

/* sys.now() -> seconds since 1970 (UTC) */
static int l_now(lua_State *L) {
  return push_clock(L, CLOCK_REALTIME);
}

/* sys.monotonic() -> seconds of a clock that never jumps */
static int l_monotonic(lua_State *L) {
  return push_clock(L, CLOCK_MONOTONIC);
}

/* sys.iso8601(seconds?) -> time such as "2026-11-22T00:54:09Z"; without an
** argument, the current time */
static int l_iso8601(lua_State *L) {
  lua_Number seconds = luaL_optnumber(L, 1, (lua_Number)time(NULL));
  char text[MK_MOMENT_SIZE];
  luaL_argcheck(L, mk_timestamp_format(seconds, text), 1,
                "time between the years 0 and 9999 expected");
  lua_pushstring(L, text);
  return 1;
}

/* sys.parse_time(text) -> seconds since 1970 | nil, message, "time" */
static int l_parse_time(lua_State *L) {
  double seconds;
  const char *text = luaL_checkstring(L, 1);
  if (mk_timestamp_parse(text, &seconds)) {
    if (seconds == floor(seconds))
      lua_pushinteger(L, (lua_Integer)seconds);
    else
      lua_pushnumber(L, seconds);
    return 1;
  }
  luaL_pushfail(L);
  lua_pushfstring(L, "%s: time such as 2026-11-22T00:54:09Z expected", text);
  lua_pushliteral(L, "time");
  return 3;
}

static const luaL_Reg slot_methods[] = {
    {"store", l_store},
    {"close", l_slot_close},
    {NULL, NULL},
};

static const luaL_Reg slot_meta[] = {
    {"__gc", l_slot_close},
    {"__close", l_slot_close},
    {"__tostring", l_slot_tostring},
    {NULL, NULL},
};

static const luaL_Reg bytes_meta[] = {
    {"__gc", l_free_bytes},
    {"__close", l_free_bytes},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"reserve", l_reserve},
    {"check_place", l_check_place},
    {"lock", mk_lua_lock},
    {"log", mk_lua_log},
    {"whole", mk_lua_whole},
    {"finally", mk_lua_finally},
    {"read", l_read},
    {"read_trusted", l_read_trusted},
    {"real_path", l_real_path},
    {"write", l_write},
    {"make_folder", l_make_folder},
    {"builtin", l_builtin},
    {"builtins", l_builtins},
    {"head", mk_lua_header},
    {"is_special", l_is_special},
    {"tags", mk_lua_tags},
    {"isatty", l_isatty},
    {"getpid", l_getpid},
    {"random", l_random},
    {"uuid", l_uuid},
    {"now", l_now},
    {"monotonic", l_monotonic},
    {"sha256", mk_lua_sha256},
    {"iso8601", l_iso8601},
    {"parse_time", l_parse_time},
    {NULL, NULL},
};

static const struct mk_backend_call asked[] = {
    {"reserve", "sys.reserve", 1},
    {"lock", "sys.lock", 1},
    {"log", "sys.log", 1},
    {"read", "sys.read", 1},
    {"write", "sys.write", 1},
    {"make_folder", "sys.make_folder", 1},
    {"read_trusted", "sys.read_trusted", 1},
    {NULL, NULL, 0},
};

int luaopen_mkrun_sys(lua_State *L) {
  mk_lua_lock_register(L);
  mk_lua_log_register(L);
  mk_lua_whole_register(L);
  mk_sealed_type(L, SLOT_TYPE);
  luaL_setfuncs(L, slot_meta, 0);
  luaL_newlib(L, slot_methods);
  lua_setfield(L, -2, "__index");
  mk_sealed_type(L, BYTES_TYPE);
  luaL_setfuncs(L, bytes_meta, 0);
  lua_pop(L, 2);
  luaL_newlib(L, functions);
  mk_backend_guard(L, asked);
  return 1;
}
