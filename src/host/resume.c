/* resume.c - takes the options and the script of the run from the journal of
** --resume or --undo.
** SPDX-License-Identifier: MIT */
#include "host/resume.h"

#include "base/file.h"
#include "host/config_table.h"
#include "host/confirm_deletes.h"
#include "host/entry.h"
#include "host/error_json.h"
#include "host/host.h"
#include "host/vm.h"
#include "http/url.h"
#include "lua/json.h"
#include "provider.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

static void free_words(struct mk_options *o) {
  for (int i = 1; o->argv && i < o->argc; i++) free(o->argv[i]);
  free(o->argv);
  o->argv = NULL;
}

const char *mk_resume_path(const struct mk_options *o) {
  return o->resume ? o->resume : o->undo;
}

void mk_resume_free(struct mk_host *h) {
  mk_append_log_close(&h->journal);
  free_words(&h->recalled);
  mk_options_free(&h->joined);
  mk_options_free(&h->journaled);
  free_words(&h->journaled);
  free(h->plan);
  h->plan = NULL;
}

/* Sets h->options to a copy of the options, without SCRIPT and its arguments.
** The copy has room for `count` strings: SCRIPT and its arguments.  Returns
** false if out of memory. */
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

/* [-0, +0, e] Appends the strings in the list at the top to o->argv.  Returns
** false if out of memory. */
static bool add_list(lua_State *L, struct mk_options *o) {
  lua_Unsigned count = lua_rawlen(L, -1);
  for (lua_Unsigned i = 1; i <= count; i++) {
    lua_rawgeti(L, -1, (lua_Integer)i);
    bool good = add(o, luaL_checkstring(L, -1));
    lua_pop(L, 1);
    if (!good) return false;
  }
  return true;
}

/* --- The options in the journal ------------------------------------------- */

/* Raises nil as the error value.  find_options recognizes nil as "out of
** memory". */
static int memory_ends(lua_State *L) {
  lua_pushnil(L);
  return lua_error(L);
}

/* [-0, +1, e] Pushes the decoded JSON value of the journal's first line, a
** table. */
static void push_head(lua_State *L, const struct mk_append_log *journal) {
  size_t len = (size_t)journal->end;
  char *text = lua_newuserdatauv(L, len + 1, 0);
  if (mk_append_log_read(journal, text, len)) luaL_error(L, "cannot be read");
  const char *end = memchr(text, '\n', len);
  luaL_requiref(L, "mkrun.json", luaopen_mkrun_json, 0);
  lua_getfield(L, -1, "decode");
  lua_pushlstring(L, text, end ? (size_t)(end - text) : len);
  lua_call(L, 1, 1);
  luaL_checktype(L, -1, LUA_TTABLE);
}

/* [-0, +0, e] Sets the environment variable `name` to a field of the table at
** the top.  Does nothing if the variable is already set, or if the field is not
** a string. */
static void set_variable(lua_State *L, const char *name, const char *field) {
  if (lua_getfield(L, -1, field) == LUA_TSTRING &&
      setenv(name, lua_tostring(L, -1), 0))
    memory_ends(L);
  lua_pop(L, 1);
}

/* [-0, +1, e] Copies the strings in the field `options` of the table at the top
** to o->argv, from index 1 on.  Leaves the field on the stack. */
static void take_options(lua_State *L, struct mk_options *o) {
  if (lua_getfield(L, -1, "options") != LUA_TTABLE) return;
  o->argv = calloc((size_t)lua_rawlen(L, -1) + 2, sizeof *o->argv);
  if (!o->argv) memory_ends(L);
  o->argc = 1;
  if (!add_list(L, o)) memory_ends(L);
}

/* [-0, +0, e] Sets h->plan to the file of the plan that the run of the journal
** has applied, if it did so.  The journal's head is the table at the top. */
static void take_plan(lua_State *L, struct mk_host *h) {
  if (lua_getfield(L, -1, "plan") == LUA_TTABLE &&
      lua_getfield(L, -1, "path") == LUA_TSTRING) {
    h->plan = strdup(lua_tostring(L, -1));
    if (!h->plan) memory_ends(L);
  }
  lua_settop(L, 2);
}

/* A Lua function: reads the options in the journal.  Its argument is the struct
** mk_host, as light userdata.  Runs in a temporary Lua state, because the
** options must be known before the Lua state of the run is created. */
static int read_options(lua_State *L) {
  struct mk_host *h = lua_touserdata(L, 1);
  push_head(L, &h->journal);
  lua_replace(L, 2);
  lua_settop(L, 2);
  set_variable(L, MK_PROVIDER_BASE_URL_VARIABLE, "base_url");
  set_variable(L, MK_PROVIDER_PROJECT_VARIABLE, "project");
  take_plan(L, h);
  take_options(L, &h->journaled);
  return 0;
}

/* Reads the options in the journal.  If the journal cannot be read,
** h->journaled gets no options.  Returns false if out of memory; then mkrun
** must not continue, because the run would have other options than before. */
static bool find_options(struct mk_host *h) {
  lua_State *L = luaL_newstate();
  if (!L) return false;
  lua_pushcfunction(L, read_options);
  lua_pushlightuserdata(L, h);
  int status = lua_pcall(L, 1, 0, 0);
  bool memory = status == LUA_ERRMEM || (status && lua_isnil(L, -1));
  lua_close(L);
  return !memory;
}

/* [-0, +0, e] Chooses JSON for errors if the words of SCRIPT have --output
** json: a program reads what this run prints, as it read the run before. */
static void choose_errors(lua_State *L, char **words) {
  if (mk_error_json_chosen()) return;
  mk_error_json_choose(words);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "mkrun.config");
  lua_call(L, 1, 1);
  lua_pushboolean(L, mk_error_json_chosen());
  lua_setfield(L, -2, "json_errors");
  lua_pop(L, 1);
}

void mk_resume_take_words(lua_State *L, struct mk_host *h) {
  if (!begin(h, (size_t)lua_rawlen(L, -1)) || !add_list(L, &h->recalled))
    luaL_error(L, "not enough memory");
  choose_errors(L, h->recalled.argv);
}

/* Parses the options in the journal.  Returns false and sets a message if there
** is an option that mkrun never writes to a journal. */
static bool parse_kept(struct mk_options *o, const char *path,
                       struct mk_fault *fault) {
  int argc = o->argc;
  char **argv = o->argv;
  bool good = mk_options_parse(o, argc, argv, fault) &&
              o->kept_count == (size_t)argc - 1;
  o->argc = argc; /* a word among the options may have been taken as SCRIPT */
  o->argv = argv; /* free_words frees these */
  if (!good && !fault->machine)
    mk_fault_say(fault, "%s: the options in it were not written by a run",
                 path);
  return good;
}

static bool open_journal(struct mk_host *h, const char *path,
                         struct mk_fault *fault) {
  int error = mk_fault_note(
      fault, mk_append_log_open(&h->journal, path, MK_APPEND_LOG_TRUSTED));
  if (error)
    mk_fault_say(
        fault, "--%s: %s: %s", h->options->resume ? "resume" : "undo", path,
        error == EWOULDBLOCK ? "held by another run" : mk_file_why(error));
  return !error;
}

/* Sets `*same` to true if the two URLs have the same origin.  If a text is not
** a valid URL, `*same` is false.  Returns false if out of memory. */
static bool compare_origins(const char *a, const char *b, bool *same) {
  struct mk_url x, y;
  const char *x_fault, *y_fault;
  *same = mk_url_parse(&x, a, &x_fault) & mk_url_parse(&y, b, &y_fault) &&
          !strcmp(x.origin, y.origin);
  mk_url_free(&x);
  mk_url_free(&y);
  return x_fault != mk_url_no_memory && y_fault != mk_url_no_memory;
}

/* Checks that the base URL of the run has the same origin as the default base
** URL or as `usual`.  `usual` is the value of the variable for the base URL
** before the journal was read, or NULL.  A run without the journal would send
** the token to one of these two servers.  Returns false and sets a message on
** another origin. */
static bool check_origin(const struct mk_options *o, const char *path,
                         const char *usual, struct mk_fault *fault) {
  const char *url =
      o->base_url ? o->base_url : getenv(MK_PROVIDER_BASE_URL_VARIABLE);
  const char *places[] = {MK_PROVIDER_DEFAULT_BASE_URL, usual};
  if (o->sandbox || !url || !*url) return true;
  for (size_t i = 0; i < 2 && places[i]; i++) {
    bool same;
    if (!compare_origins(url, places[i], &same)) return mk_fault_memory(fault);
    if (same) return true;
  }
  return mk_fault_say(
      fault,
      "%s: the journal would send the token to another server than this run "
      "would: if that is right, add --base-url %s",
      path, url);
}

/* Returns true if the user gave --base-url for the provider again. */
static bool is_told(const struct mk_options *given, const struct mk_named *n) {
  for (size_t i = 0; i < given->named_count; i++) {
    const struct mk_named *other = &given->named[i];
    if (!strcmp(other->option, n->option) && other->name_len == n->name_len &&
        !memcmp(other->name, n->name, n->name_len))
      return true;
  }
  return false;
}

/* Checks one option of the journal as check_origin does.  Without the journal,
** this run would send the token of the provider to MKRUN_BASE_URL_NAME.  The
** base URL that the provider itself names is not known here. */
static bool check_named(const struct mk_named *n, const char *path,
                        struct mk_fault *fault) {
  const char *usual = mk_providers_url_variable(n->name, n->name_len);
  bool same = false;
  if (usual && !compare_origins(n->value, usual, &same))
    return mk_fault_memory(fault);
  return same || mk_fault_say(fault,
                              "%s: the journal would send the token of "
                              "'%.*s' to %s: if that is right, add --base-url "
                              "%.*s=%s",
                              path, (int)n->name_len, n->name, n->value,
                              (int)n->name_len, n->name, n->value);
}

static bool check_all_named(const struct mk_options *journaled,
                            const struct mk_options *given, const char *path,
                            struct mk_fault *fault) {
  if (given->sandbox || journaled->sandbox) return true;
  for (size_t i = 0; i < journaled->named_count; i++) {
    const struct mk_named *n = &journaled->named[i];
    if (!strcmp(n->option, "base-url") && !is_told(given, n) &&
        !check_named(n, path, fault))
      return false;
  }
  return true;
}

static bool join_options(struct mk_host *h, const char *path,
                         struct mk_fault *fault) {
  const struct mk_options *given = h->options;
  h->journaled.argv[0] = given->argv[0];
  if (!parse_kept(&h->journaled, path, fault) ||
      !check_all_named(&h->journaled, given, path, fault))
    return false;
  h->options = &h->joined;
  return mk_options_join(&h->joined, &h->journaled, given, fault);
}

/* Lets a resumed run apply the plan that its journal names.  Returns false and
** sets a message if the command line names something else to run. */
static bool take_up_plan(struct mk_host *h, const char *path,
                         struct mk_fault *fault) {
  const struct mk_options *o = h->options;
  if (!h->plan || !o->resume || o != &h->joined) return true;
  if (o->script || o->interactive || mk_options_has(o, 'e') ||
      mk_options_has(o, 'l'))
    return mk_fault_say(fault,
                        "--resume: %s: its run applied the plan %s, and goes "
                        "on with that: give no SCRIPT, -e, -l or -i",
                        path, h->plan);
  h->joined.apply = h->plan;
  return true;
}

bool mk_resume_options(struct mk_host *h, struct mk_fault *fault) {
  const char *path = mk_resume_path(h->options);
  bool told = h->options->base_url != NULL;
  if (!path) return true;
  if (!open_journal(h, path, fault)) return false;
  const char *variable = getenv(MK_PROVIDER_BASE_URL_VARIABLE);
  char *usual = variable ? strdup(variable) : NULL;
  bool good = (!variable || usual) && find_options(h);
  if (!good) mk_fault_memory(fault);
  good = good && (!h->journaled.argv || join_options(h, path, fault)) &&
         take_up_plan(h, path, fault) &&
         (told || check_origin(h->options, path, usual, fault));
  free(usual);
  return good;
}

/* --- The script in the journal -------------------------------------------- */

bool mk_resume_undo(struct mk_host *h) {
  const char *file = h->options->undo;
  return begin(h, 2) && add(&h->recalled, "undo") && add(&h->recalled, file);
}

int mk_resume_script(lua_State *L) {
  struct mk_host *h = lua_touserdata(L, 1);
  mk_entry_push(L, MK_ENTRY_RESUME);
  lua_call(L, 0, 1);
  if (lua_isnil(L, -1)) return 0;
  mk_resume_take_words(L, h);
  if (!mk_script_find(&h->script, h->recalled.argv[1], NULL, &h->fault) ||
      !mk_script_check_tags(&h->script, &h->fault)) {
    h->failure = h->fault.machine ? MK_FAILED : MK_USAGE;
    return luaL_error(L, "%s", mk_fault_text(&h->fault));
  }
  bool asks = mk_confirm_is_needed(h->options, &h->script);
  if (asks && !mk_script_is_flow(&h->script)) {
    h->failure = MK_USAGE;
    return luaL_error(L,
                      "--resume: %s asks before it deletes: give the script "
                      "and its arguments again",
                      h->recalled.argv[1]);
  }
  lua_getglobal(L, "require");
  lua_pushliteral(L, "mkrun.config");
  lua_call(L, 1, 1);
  mk_config_set_script(L, &h->script);
  if (asks) {
    lua_pushliteral(L, MK_CONFIRM_LATER);
    lua_setfield(L, -2, "approved");
  }
  mk_vm_set_paths(L, h);
  return 0;
}
