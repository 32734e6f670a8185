/* run.c - one run of mkrun: the Lua state, the script, the exit code.
** SPDX-License-Identifier: MIT */
#include "host/run.h"

#include "base/control.h"
#include "base/output.h"
#include "base/redact.h"
#include "base/tags.h"
#include "host/confirm_deletes.h"
#include "host/load.h"
#include "host/resume.h"
#include "lua/interrupt.h"
#include "lua/task.h"
#include "versions.h"

#include <errno.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- Messages ------------------------------------------------------------- */

#define LINES "\n\t" /* what scripts may say has several */

/* Characters of `kept` stay. */
static void print_harmless(const char *text, const char *kept) {
  const char *end = text + strlen(text);
  for (const char *p = text; p < end;) {
    size_t len = strchr(kept, *p) ? 0 : mk_control_at(p, end);
    fputc(len ? '?' : *p, mk_stderr);
    p += len ? len : 1;
  }
}

static void complain(const char *text, const char *kept) {
  fflush(mk_stdout);
  fputs("mkrun: ", mk_stderr);
  print_harmless(text, kept);
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

/* [-0, +1, m] Pushes "onboard.lua:9: ", the line of the user's own script that
** led here, or "" when that is a built-in flow. */
static void push_script_line(lua_State *L) {
  const struct mk_script *s = &host_of(L)->script;
  const char *own = s->path && s->is_file ? s->path : "(command line)";
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

/* [-0, +0, e] An error object may say that the run was used wrongly. */
static void take_exit_code(lua_State *L) {
  if (lua_istable(L, 1) && lua_getfield(L, 1, "exit_code") == LUA_TNUMBER)
    host_of(L)->failure = (int)lua_tointeger(L, -1) & 0xff;
}

/* [-0, +0, e] An error object may say that no line of the script is wrong. */
static bool is_outside(lua_State *L) {
  return lua_istable(L, 1) &&
         lua_getfield(L, 1, "is_outside") == LUA_TBOOLEAN &&
         lua_toboolean(L, -1);
}

/* Message handler: any error value becomes text.  Objects do not say where
** they were raised, as strings do. */
static int on_error(lua_State *L) {
  if (lua_isstring(L, 1)) {
    lua_tostring(L, 1);
    lua_pushvalue(L, 1);
  } else if (luaL_getmetafield(L, 1, "__tostring")) {
    take_exit_code(L);
    if (is_outside(L))
      lua_pushliteral(L, "");
    else
      push_script_line(L);
    luaL_tolstring(L, 1, NULL);
    lua_concat(L, 2);
  } else {
    lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  }
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

static void complain_memory(const struct mk_options *o) {
  mk_host_complain(o->max_memory > 0 ? "not enough memory (see --max-memory)"
                                     : "not enough memory");
}

void mk_host_report(lua_State *L) {
  const char *text = lua_tostring(L, -1);
  if (text && !strcmp(text, "not enough memory"))
    complain_memory(host_of(L)->options);
  else
    complain(text ? text : "error without a message", LINES);
  lua_pop(L, 1);
}

/* warn(): off until -W or warn "@on". */
static void on_warning(void *data, const char *text, int to_continue) {
  static bool on, inside;
  (void)data;
  if (!inside && !to_continue && *text == '@') {
    if (!strcmp(text, "@on")) on = true;
    if (!strcmp(text, "@off")) on = false;
    return;
  }
  if (on && !inside) fputs("mkrun: warning: ", mk_stderr);
  if (on) print_harmless(text, LINES);
  if (on && !to_continue) fputc('\n', mk_stderr);
  inside = to_continue;
}

/* --- Running -------------------------------------------------------------- */

/* [-0, +0, m] The global `arg`: the script at 0, what lies before it below. */
static void set_arg(lua_State *L, const struct mk_options *o) {
  lua_createtable(L, o->argc - o->script, o->script + 1);
  for (int i = 0; i < o->argc; i++) {
    lua_pushstring(L, o->argv[i]);
    lua_rawseti(L, -2, i - o->script);
  }
  lua_setglobal(L, "arg");
}

/* --list and --help SCRIPT are written in Lua: they read script headers. */
static bool run_library(lua_State *L, const char *function) {
  if (!mk_chunk_module(L, "mkrun.script")) return false;
  lua_getfield(L, -1, function);
  return mk_host_call(L, 0, 0);
}

/* --resume without SCRIPT. */
static bool recall(lua_State *L, struct mk_host *h) {
  lua_pushcfunction(L, mk_recall);
  lua_pushlightuserdata(L, h);
  if (!mk_host_call(L, 1, 0)) return false;
  set_arg(L, h->options);
  return true;
}

/* [-0, +0, -] Calls a function of a module; what it returns is the exit code
** of a run that does not fail. */
static bool run_hook(lua_State *L, struct mk_host *h, const char *module,
                     const char *function) {
  if (!mk_chunk_module(L, module)) return false;
  lua_getfield(L, -1, function);
  if (!mk_host_call(L, 0, 1)) return false;
  h->success = (int)lua_tointeger(L, -1);
  lua_pop(L, 2);
  return true;
}

static bool run_plan(lua_State *L, struct mk_host *h, const char *function) {
  return run_hook(L, h, "mkrun.plan", function);
}

static void print_banner(void) {
  fputs("mkrun " MK_VERSION "  Lua " MK_VERSION_LUA "\n", mk_stdout);
  fflush(mk_stdout);
}

static bool finish_tasks(lua_State *L) {
  lua_pushcfunction(L, mk_task_finish);
  return mk_host_call(L, 0, 0);
}

static bool run_scripts(lua_State *L, struct mk_host *h) {
  const struct mk_options *o = h->options;
  if (o->resume && !o->script && !recall(L, h)) return false;
  if (!mk_chunk_actions(L, h)) return false;
  if (h->script.source && !mk_chunk_script(L, h)) return false;
  if (!finish_tasks(L)) return false;
  bool idle = !h->script.source && !o->banner && !mk_options_has(o, 'e');
  if (idle && !o->interactive) print_banner();
  return o->interactive || idle ? mk_repl(L) : true;
}

/* [-0, +0|1, -] The plan of a script that fails is shown as far as it came. */
static bool run_dry(lua_State *L, struct mk_host *h) {
  if (!run_plan(L, h, "start")) return false;
  if (run_scripts(L, h)) return run_plan(L, h, "finish");
  int top = lua_gettop(L); /* the message */
  if (!mk_interrupted() && !run_plan(L, h, "stop")) mk_host_report(L);
  lua_settop(L, top);
  return false;
}

/* A recording is opened at once, and not with the first request: there may be
** none. */
static bool open_recording(lua_State *L, const struct mk_options *o) {
  if (!o->record && !o->replay) return true;
  if (!mk_chunk_module(L, "mkrun.http")) return false;
  lua_pop(L, 1);
  return true;
}

static bool run_rest(lua_State *L, struct mk_host *h) {
  const struct mk_options *o = h->options;
  if (o->list) return run_library(L, "print_list");
  if (o->help) return run_library(L, "print_help");
  if (o->banner || o->interactive) print_banner();
  if (!open_recording(L, o)) return false;
  if (o->apply)
    return run_plan(L, h, "apply") && finish_tasks(L) &&
           run_plan(L, h, "applied");
  if (o->dry_run) return run_dry(L, h);
  return run_scripts(L, h) &&
         (!o->replay || run_hook(L, h, "mkrun.layer.replay", "finish"));
}

/* In protected mode; the argument is the host. */
static int run_all(lua_State *L) {
  struct mk_host *h = lua_touserdata(L, 1);
  lua_gc(L, LUA_GCSTOP);
  mk_vm_open(L, h);
  set_arg(L, h->options);
  lua_gc(L, LUA_GCRESTART);
  bool good = run_rest(L, h);
  if (!good && !mk_interrupted()) mk_host_report(L);
  lua_pushcfunction(L, mk_task_drop);
  if (!good && !mk_host_call(L, 0, 0)) mk_host_report(L);
  lua_pushboolean(L, good);
  return 1;
}

static int run_state(lua_State *L, struct mk_host *h) {
  *(struct mk_host **)lua_getextraspace(L) = h;
  lua_setwarnf(L, on_warning, NULL);
  lua_pushcfunction(L, run_all);
  lua_pushlightuserdata(L, h);
  int status = lua_pcall(L, 1, 1, 0);
  if (mk_interrupted() && !lua_toboolean(L, -1)) {
    if (mk_interrupt_word()) mk_host_complain(mk_interrupt_word());
    return mk_interrupt_code();
  }
  if (status != LUA_OK) mk_host_report(L);
  return status == LUA_OK && lua_toboolean(L, -1) ? h->success : h->failure;
}

static int run_vm(struct mk_host *h) {
  mk_pool_init(&h->pool, h->options->max_memory);
  lua_State *L = lua_newstate(mk_pool_alloc, &h->pool);
  if (!L) {
    complain_memory(h->options);
    return MK_FAILED;
  }
  int code = run_state(L, h);
  mk_interrupt_release();
  lua_close(L);
  mk_pool_free(&h->pool);
  return code;
}

/* SCRIPT, "-" for standard input, or NULL for the prompt or nothing. */
static const char *script_of(const struct mk_options *o) {
  if (o->script) return o->argv[o->script];
  bool other = o->interactive || o->banner || o->list || o->resume ||
               o->apply || mk_options_has(o, 'e');
  return other || isatty(STDIN_FILENO) ? NULL : "-";
}

static bool find_script(struct mk_host *h, struct mk_fault *fault) {
  const char *script = script_of(h->options);
  const char *token = h->options->token_file;
  if (!script) return true;
  if (token && !strcmp(script, "-") && !strcmp(token, "-")) {
    mk_fault_say(fault,
                 "script and token cannot both come from standard input");
    return false;
  }
  return mk_script_find(&h->script, script, fault);
}

/* The host of a dry run that shows what is deleted. */
static int plan_deletes(void *data) {
  struct mk_host *h = data;
  struct mk_options o = *h->options;
  o.dry_run = true;
  o.trace = false;
  o.output = "deletes";
  o.journal = o.resume = o.audit = o.record = NULL;
  h->options = &o;
  return run_vm(h);
}

/* What is shown before the question goes to standard error. */
static int approve(struct mk_host *h) {
  bool color = h->config.color;
  if (mk_approve_later(h->options, &h->script)) {
    h->config.approved = strdup(MK_APPROVE_LATER);
    if (!h->config.approved) complain_memory(h->options);
    return h->config.approved ? MK_DONE : MK_FAILED;
  }
  if (!mk_approve_wanted(h->options, &h->script)) return MK_DONE;
  h->config.color = color && isatty(STDERR_FILENO);
  int code = mk_approve(plan_deletes, h, &h->config.approved);
  h->config.color = color;
  return code;
}

static int run_approved(struct mk_host *h) {
  int code = approve(h);
  if (!h->options->dry_run && mk_tags_have(&h->script, "write"))
    mk_output_go_on();
  return code == MK_DONE ? run_vm(h) : code;
}

/* What is run, and how. */
static bool prepare(struct mk_host *h, struct mk_fault *fault) {
  if (!mk_recall_options(h, fault)) return false;
  if (h->options->undo && !mk_recall_undo(h)) {
    mk_fault_memory(fault);
    return false;
  }
  return mk_config_read(&h->config, h->options, fault) &&
         find_script(h, fault) && mk_tags_check(&h->script, fault);
}

int mk_host_run(const struct mk_options *o) {
  struct mk_host h = {.options = o,
                      .journal = {.fd = -1},
                      .failure = MK_FAILED,
                      .success = MK_DONE};
  int code =
      prepare(&h, &h.fault) ? run_approved(&h) : mk_host_refuse(&h.fault);
  mk_recall_free(&h);
  mk_script_free(&h.script);
  mk_config_free(&h.config);
  mk_fault_free(&h.fault);
  return code;
}
