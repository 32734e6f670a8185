/* call.c - makes protected calls into Lua, and prints error messages on
** standard error.
** SPDX-License-Identifier: MIT */
#include "host/call.h"

#include "base/control.h"
#include "base/fault.h"
#include "base/output.h"
#include "base/redact.h"
#include "host/entry.h"
#include "host/error_json.h"
#include "host/host.h"

#include <errno.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Control characters that the error messages of scripts may contain. */
#define LINES "\n\t"

/* Prints the text on standard error.  Prints "?" instead of each control
** character, except for the characters in `kept`.  Writes what is between two
** control characters at once, because a secret that is written in pieces to a
** terminal is not always recognized: see mk_output_confine. */
static void print_safely(const char *text, const char *kept) {
  const char *end = text + strlen(text);
  const char *begin = text;
  for (const char *p = text; p < end;) {
    size_t len = strchr(kept, *p) ? 0 : mk_control_at(p, end);
    if (len > 0) {
      fwrite(begin, 1, (size_t)(p - begin), mk_stderr);
      fputc('?', mk_stderr);
      begin = p + len;
    }
    p += len ? len : 1;
  }
  fwrite(begin, 1, (size_t)(end - begin), mk_stderr);
}

static void complain(const char *text, const char *kept) {
  fflush(mk_stdout);
  if (mk_error_json_chosen()) {
    mk_error_json_print(text);
    return;
  }
  fputs("mkrun: ", mk_stderr);
  print_safely(text, kept);
  fputc('\n', mk_stderr);
}

void mk_host_complain(const char *text) {
  complain(text, "");
}

int mk_host_refuse(const struct mk_fault *fault) {
  mk_host_complain(mk_fault_text(fault));
  return fault->machine ? MK_FAILED : MK_USAGE;
}

int mk_host_finish(int code) {
  bool good = mk_output_finish();
  int error = errno;
  mk_redact_forget();
  if (good) return code;
  if (mk_output_unread(error)) return 128 + SIGPIPE;
  fprintf(mk_stderr, "mkrun: standard output: %s\n",
          error ? strerror(error) : "not everything was written");
  return MK_FAILED;
}

static struct mk_host *host_of(lua_State *L) {
  return *(struct mk_host **)lua_getextraspace(L);
}

/* [-0, +1, m] Pushes the position in the user's script at which the error
** occurred, such as "onboard.lua:9: ".  Pushes "" if no line of the user's
** script is on the call stack, as with a built-in flow. */
static void push_script_line(lua_State *L) {
  const struct mk_script *s = &host_of(L)->script;
  const char *own = s->source && !s->path ? "stdin"
                    : s->is_file          ? s->path
                                          : "(command line)";
  lua_Debug ar;
  for (int level = 1; lua_getstack(L, level, &ar); level++) {
    lua_getinfo(L, "Sl", &ar);
    if (*ar.source && !strcmp(ar.source + 1, own) && ar.currentline > 0) {
      lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
      return;
    }
  }
  lua_pushliteral(L, "");
}

/* [-0, +0|1, m] Pushes a field of the error object at index 1 and returns its
** type.  Pushes nothing and returns LUA_TNIL if the object is no table.  Calls
** no metamethod: its error would hide the one to report. */
static int push_field(lua_State *L, const char *name) {
  if (!lua_istable(L, 1)) return LUA_TNIL;
  lua_pushstring(L, name);
  return lua_rawget(L, 1);
}

/* If the error object at index 1 has a field `exit_code`, makes its value the
** exit code of the run. */
static void take_exit_code(lua_State *L) {
  if (push_field(L, "exit_code") == LUA_TNUMBER)
    host_of(L)->failure = (int)lua_tointeger(L, -1) & 0xff;
}

/* Returns the field `is_outside` of the error object at index 1.  If true, the
** message must not contain a position in the script. */
static bool is_outside(lua_State *L) {
  return push_field(L, "is_outside") == LUA_TBOOLEAN && lua_toboolean(L, -1);
}

/* [-0, +1, e] Pushes the message at index 1.  If it tells of a name that does
** not exist, adds the nearest one. */
static void push_message(lua_State *L) {
  const char *text = lua_tostring(L, 1);
  if (strstr(text, "attempt to ") && strstr(text, " a nil value (")) {
    mk_entry_push(L, MK_ENTRY_MEANT);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
  } else {
    lua_pushvalue(L, 1);
  }
}

/* [-0, +1, e] Pushes the text of the error object at index 1: the position in
** the script, because Lua adds the position to strings only, and the field
** `message` of a plain table. */
static void push_object(lua_State *L) {
  bool speaks = luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL;
  bool has_message = !speaks && push_field(L, "message") == LUA_TSTRING;
  if (!speaks && !has_message) {
    lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    return;
  }
  take_exit_code(L);
  if (is_outside(L))
    lua_pushliteral(L, "");
  else
    push_script_line(L);
  if (speaks)
    luaL_tolstring(L, 1, NULL);
  else
    push_field(L, "message");
  lua_concat(L, 2);
}

/* The address of this variable is a key in the registry: the last error object
** as a line of JSON. */
static const char last_line;

/* [-0, +0, e] Keeps the error object at index 1 as JSON, for mk_host_report.
** Its text is at the top.  Keeps nothing if the error is no object. */
static void keep_json(lua_State *L) {
  if (lua_istable(L, 1)) {
    mk_entry_push(L, MK_ENTRY_FAULT_JSON);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -3);
    lua_call(L, 2, 1);
  } else {
    lua_pushnil(L);
  }
  lua_rawsetp(L, LUA_REGISTRYINDEX, &last_line);
}

/* [-0, +0|1, m] If the text at the top has a NUL, pushes the text with "?" for
** each.  Otherwise the rest of the message would not be printed. */
static void mask_nul(lua_State *L) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  if (strlen(text) == len) return;
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (size_t i = 0; i < len; i++) luaL_addchar(&b, text[i] ? text[i] : '?');
  luaL_pushresult(&b);
}

/* The message handler for lua_pcall: converts the error value to a string. */
static int on_error(lua_State *L) {
  if (lua_isstring(L, 1))
    push_message(L);
  else
    push_object(L);
  mask_nul(L);
  if (mk_error_json_chosen()) keep_json(L);
  if (host_of(L)->options->trace) luaL_traceback(L, L, lua_tostring(L, -1), 1);
  return 1;
}

bool mk_host_call(lua_State *L, int nargs, int nresults) {
  int base = lua_gettop(L) - nargs;
  lua_pushcfunction(L, on_error);
  lua_insert(L, base);
  int status = lua_pcall(L, nargs, nresults, base);
  lua_remove(L, base);
  return status == LUA_OK;
}

void mk_host_complain_memory(const struct mk_options *o) {
  mk_host_complain(o->max_memory > 0 ? "not enough memory (see --max-memory)"
                                     : "not enough memory");
}

/* Prints what keep_json has kept, once.  Returns false if there is nothing. */
static bool print_kept(lua_State *L) {
  bool kept = lua_rawgetp(L, LUA_REGISTRYINDEX, &last_line) == LUA_TSTRING;
  if (kept) {
    fflush(mk_stdout);
    fprintf(mk_stderr, "%s\n", lua_tostring(L, -1));
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &last_line);
  }
  lua_pop(L, 1);
  return kept;
}

void mk_host_report(lua_State *L) {
  const char *text = lua_tostring(L, -1);
  if (print_kept(L)) {
    lua_pop(L, 1);
    return;
  }
  if (text && !strcmp(text, "not enough memory"))
    mk_host_complain_memory(host_of(L)->options);
  else
    complain(text ? text : "error without a message", LINES);
  lua_pop(L, 1);
}

/* Called by Lua for each part of a warning.  Prints nothing before -W or
** warn "@on". */
static void on_warning(void *data, const char *text, int to_continue) {
  static bool on, inside;
  (void)data;
  if (!inside && !to_continue && *text == '@') {
    if (!strcmp(text, "@on")) on = true;
    if (!strcmp(text, "@off")) on = false;
    return;
  }
  if (on && !inside) fputs("mkrun: warning: ", mk_stderr);
  if (on) print_safely(text, LINES);
  if (on && !to_continue) fputc('\n', mk_stderr);
  inside = to_continue;
}

void mk_host_attach(lua_State *L, struct mk_host *host) {
  *(struct mk_host **)lua_getextraspace(L) = host;
  lua_setwarnf(L, on_warning, NULL);
}
