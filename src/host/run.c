/* run.c - performs one run of mkrun: creates the Lua state, runs the script,
** and determines the exit code.
** SPDX-License-Identifier: MIT */
#include "host/run.h"

#include "base/interrupt.h"
#include "base/output.h"
#include "host/apply.h"
#include "host/call.h"
#include "host/complete.h"
#include "host/confirm_deletes.h"
#include "host/cover.h"
#include "host/entry.h"
#include "host/host.h"
#include "host/load.h"
#include "host/repl.h"
#include "host/resume.h"
#include "host/searcher.h"
#include "host/trial.h"
#include "host/vm.h"
#include "lua/interrupt.h"
#include "lua/task.h"
#include "versions.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* [-0, +0, m] Sets the global table `arg` as the program lua does.  SCRIPT has
** the index 0, its arguments have positive indexes, and the words before SCRIPT
** have negative indexes. */
static void set_arg(lua_State *L, const struct mk_options *o) {
  lua_createtable(L, o->argc - o->script, o->script + 1);
  for (int i = 0; i < o->argc; i++) {
    lua_pushstring(L, o->argv[i]);
    lua_rawseti(L, -2, i - o->script);
  }
  lua_setglobal(L, "arg");
}

/* [-0, +0|1, -] Calls a function of the Lua library.  If the function returns a
** number, the number becomes the exit code of a successful run.  Returns false
** if the function raised an error; then the message is at the top. */
static bool enter(lua_State *L, struct mk_host *h, enum mk_entry entry) {
  mk_entry_push(L, entry);
  if (!mk_host_call(L, 0, 1)) return false;
  if (!lua_isnil(L, -1)) h->success = (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return true;
}

/* [-0, +0|1, -] Finds the script of the run in the plan of --apply, or in the
** journal of --resume if no SCRIPT was given.  Returns false on an error; then
** the message is at the top. */
static bool recall(lua_State *L, struct mk_host *h) {
  const struct mk_options *o = h->options;
  if (!o->apply && (!o->resume || o->script)) return true;
  lua_pushcfunction(L, o->apply ? mk_apply_script : mk_resume_script);
  lua_pushlightuserdata(L, h);
  if (!mk_host_call(L, 1, 0)) return false;
  set_arg(L, h->options);
  return true;
}

static void print_banner(void) {
  fputs("mkrun " MK_VERSION "  Lua " MK_VERSION_LUA "\n", mk_stdout);
  fflush(mk_stdout);
}

static bool finish_tasks(lua_State *L) {
  lua_pushcfunction(L, mk_task_finish);
  return mk_host_call(L, 0, 0);
}

static bool run_texts(lua_State *L, struct mk_host *h) {
  return mk_load_actions(L, h) && (!h->script.source || mk_load_script(L, h)) &&
         finish_tasks(L);
}

/* Reports why the script failed, before the prompt.  The run ends with the exit
** code of that failure.  Returns false if a signal ends the run. */
static bool outlive(lua_State *L, struct mk_host *h) {
  h->success = mk_interrupt_number() ? mk_interrupt_code() : h->failure;
  if (mk_interrupt_number() && !(isatty(STDIN_FILENO) && mk_interrupt_forget()))
    return false;
  mk_host_report(L);
  lua_settop(L, 0);
  return true;
}

/* [-0, +0|1, -] Waits for the tasks of the prompt.  Those that Ctrl-C stopped
** there have failed, which the user knows. */
static bool finish_known_tasks(lua_State *L) {
  while (!finish_tasks(L)) {
    const char *text = lua_tostring(L, -1);
    if (mk_interrupt_number() || !text || strcmp(text, "interrupted") != 0)
      return false;
    lua_pop(L, 1);
  }
  return true;
}

static bool run_prompt(lua_State *L, struct mk_host *h) {
  return mk_repl(L, h->script.source && mk_load_is_confined(h)) &&
         finish_known_tasks(L);
}

static bool run_scripts(lua_State *L, struct mk_host *h) {
  const struct mk_options *o = h->options;
  if (!recall(L, h)) return false;
  if (!run_texts(L, h) && !(o->interactive && outlive(L, h))) return false;
  bool idle = !h->script.source && !o->banner && !mk_options_has(o, 'e');
  if (idle && !o->interactive) print_banner();
  if (o->interactive || idle) return run_prompt(L, h);
  bool names = o->named_count > 0 || h->config.providers.count > 0;
  return !names || enter(L, h, MK_ENTRY_NAMED);
}

/* [-0, +0|1, -] Runs the script as a dry run and prints the plan.  If the
** script fails, prints the plan up to the error. */
static bool run_dry(lua_State *L, struct mk_host *h) {
  if (!enter(L, h, MK_ENTRY_PLAN_START)) return false;
  if (run_scripts(L, h)) return enter(L, h, MK_ENTRY_PLAN_FINISH);
  int top = lua_gettop(L); /* index of the error message */
  if (!mk_interrupted() && !enter(L, h, MK_ENTRY_PLAN_STOP)) mk_host_report(L);
  lua_settop(L, top);
  return false;
}

/* [-0, +0|1, -] Loads mkrun.http if --record or --replay was given.  So the
** file of the option is opened even if the script sends no request. */
static bool open_recording(lua_State *L, const struct mk_options *o) {
  if (!o->record && !o->replay) return true;
  if (!mk_load_module(L, "mkrun.http")) return false;
  lua_pop(L, 1);
  return true;
}

static bool run_rest(lua_State *L, struct mk_host *h) {
  const struct mk_options *o = h->options;
  if (o->list)
    return enter(L, h, o->needs ? MK_ENTRY_LIST_NEEDS : MK_ENTRY_LIST);
  if (o->sbom) return enter(L, h, MK_ENTRY_SBOM);
  if (o->types) return enter(L, h, MK_ENTRY_TYPES);
  if (o->manual) return enter(L, h, MK_ENTRY_MANUAL);
  if (o->completes) return mk_complete_enter(L);
  if (o->help) return enter(L, h, MK_ENTRY_HELP);
  if (o->banner || o->interactive) print_banner();
  if (!open_recording(L, o)) return false;
  if (o->apply) return run_scripts(L, h) && enter(L, h, MK_ENTRY_APPLIED);
  if (o->dry_run) return run_dry(L, h);
  return run_scripts(L, h) &&
         (!o->replay || enter(L, h, MK_ENTRY_REPLAY_FINISH));
}

/* A Lua function: performs the whole run inside a protected call.  Its argument
** is the host, a struct mk_host as light userdata.  Returns true to Lua if the
** run succeeded. */
static int run_all(lua_State *L) {
  struct mk_host *h = lua_touserdata(L, 1);
  lua_gc(L, LUA_GCSTOP);
  mk_vm_open(L, h);
  mk_searcher_install(L, h);
  set_arg(L, h->options);
  mk_cover_attach(L);
  lua_gc(L, LUA_GCRESTART);
  bool good = run_rest(L, h);
  if (!good && !mk_interrupted()) mk_host_report(L);
  lua_pushcfunction(L, mk_task_drop);
  if (!good && !mk_host_call(L, 0, 0)) mk_host_report(L);
  lua_pushboolean(L, good);
  return 1;
}

/* Says by which signal the run ended.  A test that ends a run that took too
** long wants to know where it was. */
static void complain_of_interrupt(void) {
  char text[200];
  size_t len;
  const char *word = mk_interrupt_word(), *place = mk_interrupt_place();
  if (!word) return;
  bool tells = *place && mk_trial_settings(&len);
  snprintf(text, sizeof text, "%s%s%s", word, tells ? " at " : "",
           tells ? place : "");
  mk_host_complain(text);
}

static int run_state(lua_State *L, struct mk_host *h) {
  mk_host_attach(L, h);
  lua_pushcfunction(L, run_all);
  lua_pushlightuserdata(L, h);
  int status = lua_pcall(L, 1, 1, 0);
  if (mk_interrupted() && !lua_toboolean(L, -1)) {
    complain_of_interrupt();
    return mk_interrupt_code();
  }
  if (status != LUA_OK) mk_host_report(L);
  return status == LUA_OK && lua_toboolean(L, -1) ? h->success : h->failure;
}

static int run_vm(struct mk_host *h) {
  mk_pool_init(&h->pool, h->options->max_memory);
  lua_State *L = lua_newstate(mk_pool_alloc, &h->pool);
  if (!L) {
    mk_host_complain_memory(h->options);
    return MK_FAILED;
  }
  int code = run_state(L, h);
  mk_interrupt_release();
  lua_close(L);
  mk_pool_free(&h->pool);
  return code;
}

/* Returns SCRIPT of the command line.  Without SCRIPT, returns "-" if the
** script must be read from standard input, and NULL if no script is run. */
static const char *script_of(const struct mk_options *o) {
  if (o->manual || o->completes) return NULL;
  if (o->script) return o->argv[o->script];
  bool other = o->interactive || o->banner || o->list || o->resume ||
               o->apply || mk_options_has(o, 'e');
  return other || isatty(STDIN_FILENO) ? NULL : "-";
}

/* Returns how many token files are standard input. */
static int count_stdin(const struct mk_options *o) {
  int count = o->token_file && !strcmp(o->token_file, "-");
  for (size_t i = 0; i < o->named_count; i++)
    count += !strcmp(o->named[i].value, "-");
  return count;
}

/* Returns false and sets a message if two inputs are standard input. */
static bool check_stdin(const struct mk_options *o, struct mk_fault *fault) {
  int tokens = count_stdin(o);
  const char *script = tokens > 0 ? script_of(o) : NULL;
  if (tokens > 1)
    return mk_fault_say(fault,
                        "two tokens cannot both come from standard input");
  return !script || strcmp(script, "-") ||
         mk_fault_say(fault,
                      "script and token cannot both come from standard input");
}

static bool find_script(struct mk_host *h, struct mk_fault *fault) {
  const char *script = script_of(h->options);
  if (!script) return true;
  int at = h->options->script;
  return mk_script_find(&h->script, script,
                        at > 0 ? h->options->argv[at - 1] : NULL, fault);
}

/* Performs a dry run that prints the list of deletions.  mk_confirm_deletes
** calls this function in a child process.  `data` is the host. */
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

/* Asks the user whether the script may delete objects, if that is necessary.
** Returns MK_DONE if the run may continue, otherwise an exit code.  The plan
** and the question are printed on standard error, so the plan has colours only
** if standard error is a terminal. */
static int approve(struct mk_host *h) {
  bool color = h->config.color;
  if (mk_confirm_later(h->options, &h->script)) {
    h->config.approved = strdup(MK_CONFIRM_LATER);
    if (!h->config.approved) mk_host_complain_memory(h->options);
    return h->config.approved ? MK_DONE : MK_FAILED;
  }
  if (!mk_confirm_is_needed(h->options, &h->script)) return MK_DONE;
  h->config.color = color && isatty(STDERR_FILENO);
  int code = mk_confirm_deletes(plan_deletes, h, &h->config.approved);
  h->config.color = color;
  return code;
}

/* Returns true if the run prints help, so far as the words tell.  If they
** mislead, the first write still makes the run go on: see lua/http.c. */
static bool asks_for_help(const struct mk_options *o) {
  if (o->help) return true;
  for (int i = o->script + 1; o->script && i < o->argc; i++) {
    if (!strcmp(o->argv[i], "--")) return false;
    if (!strcmp(o->argv[i], "--help") || !strcmp(o->argv[i], "-h")) return true;
  }
  return false;
}

static bool may_write(const struct mk_host *h) {
  return !h->options->dry_run && !asks_for_help(h->options) &&
         mk_script_has_tag(&h->script, "write");
}

static int run_approved(struct mk_host *h) {
  int code = approve(h);
  if (may_write(h)) mk_output_go_on();
  return code == MK_DONE ? run_vm(h) : code;
}

/* Returns false and sets a message if --confine or an option --allow-... has no
** effect. */
static bool check_confinement(const struct mk_host *h, struct mk_fault *fault) {
  const struct mk_options *o = h->options;
  if (!o->confine && o->allow_count == 0) return true;
  if (o->list || o->manual || o->resume || o->apply) return true;
  if (!h->script.source)
    return mk_fault_say(fault,
                        "--%s%s needs SCRIPT: -e, -l and the prompt are "
                        "not confined",
                        o->confine ? "confine" : "allow-",
                        o->confine ? "" : o->allows[0].what);
  if (mk_load_is_confined(h)) return true;
  return mk_fault_say(fault,
                      "--allow-%s: the script is not confined: add --confine",
                      o->allows[0].what);
}

/* Reads the journal, the settings and the script, before the Lua state is
** created.  Returns false and sets a message in `fault` on an error. */
static bool prepare(struct mk_host *h, struct mk_fault *fault) {
  if (!mk_resume_options(h, fault)) return false;
  if (h->options->undo && !mk_resume_undo(h)) return mk_fault_memory(fault);
  return check_stdin(h->options, fault) &&
         mk_config_read(&h->config, h->options, fault) &&
         find_script(h, fault) && mk_script_check_tags(&h->script, fault) &&
         check_confinement(h, fault);
}

int mk_host_run(const struct mk_options *o) {
  struct mk_host h = {.options = o,
                      .journal = {.fd = -1},
                      .failure = MK_FAILED,
                      .success = MK_DONE};
  int code =
      prepare(&h, &h.fault) ? run_approved(&h) : mk_host_refuse(&h.fault);
  mk_resume_free(&h);
  mk_script_free(&h.script);
  mk_config_free(&h.config);
  mk_fault_free(&h.fault);
  return code;
}
