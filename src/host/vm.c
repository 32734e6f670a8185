/* vm.c - opens Lua's standard libraries and changes some of their functions for
** mkrun.
** SPDX-License-Identifier: MIT */
#include "host/vm.h"

#include "base/bundle.h"
#include "base/redact.h"
#include "base/stream.h"
#include "host/host.h"
#include "lua/interrupt.h"
#include "lua/output.h"
#include "lua/sealed.h"
#include "lua/task.h"

#include <lauxlib.h>
#include <limits.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Folders in which the debug build looks for busted and other installed Lua
** modules.  The release build does not use these folders. */
#if defined(MK_DEBUG) && defined(__aarch64__)
#define MACHINE_LIB "/usr/lib/aarch64-linux-gnu/lua/5.4/?.so"
#elif defined(MK_DEBUG)
#define MACHINE_LIB "/usr/lib/x86_64-linux-gnu/lua/5.4/?.so"
#endif
#ifdef MK_DEBUG
#define MACHINE_PATH                                                           \
  ";/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua"        \
  ";/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua"
#define MACHINE_CPATH "/usr/local/lib/lua/5.4/?.so;" MACHINE_LIB
#else
#define MACHINE_PATH ""
#define MACHINE_CPATH ""
#endif

/* Replaces lua_load with the linker option --wrap, so that load, loadfile,
** dofile and require reject bytecode.  Lua does not verify bytecode, and
** malicious bytecode can corrupt memory. */
int __real_lua_load(lua_State *L, lua_Reader reader, void *data,
                    const char *chunk, const char *mode);
int __wrap_lua_load(lua_State *L, lua_Reader reader, void *data,
                    const char *chunk, const char *mode);

/* Calls lua_load with the chunk name redacted.  The chunk name may be the text
** of the chunk.  Lua truncates chunk names in error messages, and redaction
** would not recognize a truncated secret. */
static int load_named(lua_State *L, lua_Reader reader, void *data,
                      const char *chunk, const char *mode) {
  struct mk_buf name;
  size_t used;
  mk_buf_init(&name, SIZE_MAX / 2);
  int status = LUA_ERRMEM;
  if (mk_redact(&name, chunk, strlen(chunk), true, &used))
    status = __real_lua_load(L, reader, data, name.data, mode);
  else
    lua_pushliteral(L, "not enough memory"); /* Lua preallocates this string */
  mk_buf_free(&name);
  return status;
}

int __wrap_lua_load(lua_State *L, lua_Reader reader, void *data,
                    const char *chunk, const char *mode) {
  bool text = !mode || strchr(mode, 't');
  mode = text ? "t" : "";
  return mk_redact_active() && chunk && *chunk
             ? load_named(L, reader, data, chunk, mode)
             : __real_lua_load(L, reader, data, chunk, mode);
}

/* Bytes that lua_load has not read yet. */
struct code {
  const char *bytes;
  size_t len;
};

/* A function of type lua_Reader. */
static const char *read_code(lua_State *L, void *data, size_t *len) {
  struct code *code = data;
  (void)L;
  *len = code->len;
  code->len = 0;
  return code->bytes;
}

int mk_vm_load_code(lua_State *L, const char *bytes, size_t len,
                    const char *chunk) {
  struct code code = {bytes, len};
  return __real_lua_load(L, read_code, &code, chunk, "b");
}

/* Replaces luaL_checkstack, which calls a lack of memory a stack overflow. */
void __wrap_luaL_checkstack(lua_State *L, int space, const char *msg);

void __wrap_luaL_checkstack(lua_State *L, int space, const char *msg) {
  if (lua_checkstack(L, space)) return;
  luaL_error(L, "stack overflow%s%s%s, or not enough memory", msg ? " (" : "",
             msg ? msg : "", msg ? ")" : "");
}

int __real_luaL_loadfilex(lua_State *L, const char *path, const char *mode);
int __wrap_luaL_loadfilex(lua_State *L, const char *path, const char *mode);

struct text {
  bool begun;
  char bytes[BUFSIZ];
};

/* A function of type lua_Reader, which lua_load calls to read standard input.
** Skips the first line if the line begins with "#". */
static const char *read_stdin(lua_State *L, void *data, size_t *len) {
  struct text *text = data;
  (void)L;
  *len = 0;
  if (!text->begun) {
    int c = getc(mk_stdin);
    if (c == '#')
      while ((c = getc(mk_stdin)) != '\n' && c != EOF) continue;
    *len = c != EOF;
    text->bytes[0] = (char)c;
  } else if (!feof(mk_stdin)) {
    *len = fread(text->bytes, 1, sizeof text->bytes, mk_stdin);
  }
  text->begun = true;
  return text->bytes;
}

/* If no path is given, reads the chunk from mk_stdin.  Lua would read stdin
** instead, and that fails if standard input is non-blocking. */
int __wrap_luaL_loadfilex(lua_State *L, const char *path, const char *mode) {
  struct text text = {.begun = false};
  if (path) return __real_luaL_loadfilex(L, path, mode);
  int status = lua_load(L, read_stdin, &text, "=stdin", mode);
  if (!ferror(mk_stdin)) return status;
  lua_pop(L, 1);
  lua_pushliteral(L, "cannot read stdin");
  return LUA_ERRFILE;
}

/* os.exit([code [, close]]).  In plain Lua, `close` is false by default; in
** mkrun it is true.  Closing the Lua state removes temporary files and
** overwrites secrets with zeros. */
static int l_exit(lua_State *L) {
  int code = lua_isboolean(L, 1) || lua_isnoneornil(L, 1)
                 ? (lua_isboolean(L, 1) && !lua_toboolean(L, 1))
                 : (int)luaL_checkinteger(L, 1);
  if (lua_isnoneornil(L, 2) || lua_toboolean(L, 2)) {
    lua_pushcfunction(L, mk_task_drop);
    lua_pcall(L, 0, 0, 0);
    mk_interrupt_release();
    lua_close(L);
  }
  exit(code);
}

/* [-0, +1, m] Pushes the folder of a file.  If the path is a symbolic link, the
** folder is that of the file to which it leads, because a flow's modules are
** installed with the flow. */
static void push_folder(lua_State *L, const char *path) {
  struct stat st;
  bool is_link = path && lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
  char *real = is_link ? realpath(path, NULL) : NULL;
  const char *own = real ? real : path, *slash = own ? strrchr(own, '/') : NULL;
  char folder[PATH_MAX] = ".";
  if (slash)
    snprintf(folder, sizeof folder, "%.*s",
             slash == own ? 1 : (int)(slash - own), own);
  free(real); /* before a push, which may raise an error */
  lua_pushstring(L, folder);
}

/* [-0, +1, m] Pushes and returns the default value of package.path: the folder
** of the script, or "." if there is no script file.  For a built-in flow and in
** a bundle, there is no such folder, because all modules are in the binary. For
** --apply,
** the folder is left out until the script's path has been read from the
** plan. */
static const char *push_default_path(lua_State *L, const struct mk_host *h) {
  const char *path = h->script.path;
  push_folder(L, h->script.is_file ? path : NULL);
  const char *folder = lua_tostring(L, -1);
  bool built_in = mk_bundle_is_open() || (path && !h->script.is_file);
  bool unknown = !path && h->options->apply;
  if (built_in || unknown || strpbrk(folder, ";?"))
    lua_pushfstring(L, "%s", *MACHINE_PATH ? &MACHINE_PATH[1] : "");
  else
    lua_pushfstring(L, "%s/?.lua;%s/?/init.lua%s", folder, folder,
                    MACHINE_PATH);
  lua_remove(L, -2); /* removes the folder from the stack */
  return lua_tostring(L, -1);
}

const char *mk_vm_variable(const struct mk_host *h, const char *name) {
  char versioned[32];
  if (h->options->no_env) return NULL;
  snprintf(versioned, sizeof versioned, "%s_5_4", name);
  const char *value = getenv(versioned);
  return value ? value : getenv(name);
}

/* [-1, +0, m] Sets the field `field` of the table `package` to `value`.  If
** `value` is NULL, uses the default value, which is at the top.  The default
** value also replaces ";;" in `value`. */
static void set_path(lua_State *L, const char *field, const char *value) {
  const char *standard = lua_tostring(L, -1);
  const char *gap = value ? strstr(value, ";;") : NULL;
  lua_getglobal(L, "package");
  if (!value) {
    lua_pushvalue(L, -2);
  } else if (!gap) {
    lua_pushstring(L, value);
  } else {
    lua_pushlstring(L, value, (size_t)(gap - value));
    lua_pushfstring(L, "%s%s%s%s%s", lua_tostring(L, -1),
                    gap > value && *standard ? ";" : "", standard,
                    gap[2] ? ";" : "", gap + 2);
    lua_remove(L, -2);
  }
  lua_setfield(L, -2, field);
  lua_pop(L, 2);
}

void mk_vm_set_paths(lua_State *L, const struct mk_host *h) {
  push_default_path(L, h);
  set_path(L, "path", mk_vm_variable(h, "LUA_PATH"));
  lua_pushliteral(L, MACHINE_CPATH);
  set_path(L, "cpath", mk_vm_variable(h, "LUA_CPATH"));
}

void mk_vm_open(lua_State *L, const struct mk_host *h) {
  luaL_openlibs(L);
  mk_lua_output_install(L);
  mk_lua_debug_install(L);
  mk_vm_set_paths(L, h);
  mk_interrupt_install(L);
  lua_getglobal(L, "os");
  lua_pushcfunction(L, l_exit);
  lua_setfield(L, -2, "exit");
  lua_pop(L, 1);
}
