/* config_table.c - makes the table mkrun.config of the settings of the run.
** SPDX-License-Identifier: MIT */
#include "host/config_table.h"

#include "base/bundle.h"
#include "commit.h"
#include "host/base_url.h"
#include "host/bundle.h"
#include "host/entry.h"
#include "host/error_json.h"
#include "host/option_table.h"
#include "host/trial.h"
#include "http/trust.h"
#include "lua/secret.h"
#include "provider.h"
#include "versions.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

/* [-0, +0, m] Sets the field `name` of the table at the top to a string.  Does
** nothing if `value` is NULL. */
static void set_text(lua_State *L, const char *name, const char *value) {
  if (!value) return;
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

static void set_bool(lua_State *L, const char *name, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

void mk_config_set_script(lua_State *L, const struct mk_script *script) {
  if (!script->source) return;
  lua_createtable(L, 0, 3);
  set_text(L, "name", script->name);
  set_text(L, "path", script->path);
  set_text(L, "doubt", script->doubt);
  set_bool(L, "is_flow", mk_script_is_flow(script));
  lua_pushlstring(L, script->source, script->len);
  lua_setfield(L, -2, "source");
  lua_setfield(L, -2, "script");
}

/* [-0, +0, m] Sets the field `words` to a list of SCRIPT and its arguments. */
static void set_arguments(lua_State *L, const struct mk_options *o) {
  if (!o->script) return;
  lua_createtable(L, o->argc - o->script, 0);
  for (int i = o->script; i < o->argc; i++) {
    lua_pushstring(L, o->argv[i]);
    lua_rawseti(L, -2, i - o->script + 1);
  }
  lua_setfield(L, -2, "words");
}

/* [-1, +0, m] Appends the string at the top to the list below it. */
static void add_kept(lua_State *L) {
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* [-0, +0, m] Sets the field `folder` to the current folder, and `kept` to the
** list of options that --resume uses again.  A journal stores these fields.
** MKRUN_CONFINE and MKRUN_BASE_URL_NAME count as options, because the variables
** may not be set when the run is resumed. */
static void set_kept(lua_State *L, const struct mk_config *c,
                     const struct mk_options *o) {
  char folder[PATH_MAX]; /* set_text may raise, and could free nothing */
  set_text(L, "folder", getcwd(folder, sizeof folder));
  lua_createtable(L, (int)o->kept_count, 0);
  for (size_t i = 0; i < o->kept_count; i++) {
    lua_pushstring(L, o->kept[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  if (!o->confine && c->confines) {
    lua_pushliteral(L, "--confine");
    add_kept(L);
  }
  for (size_t i = 0; i < c->providers.count; i++) {
    const struct mk_provider *p = &c->providers.list[i];
    if (!p->base_url || !p->from_variable) continue;
    lua_pushliteral(L, "--base-url");
    add_kept(L);
    lua_pushfstring(L, "%s=%s", p->name, p->base_url);
    add_kept(L);
  }
  lua_setfield(L, -2, "kept");
}

/* [-0, +0, m] Sets the field `options` to {["--sandbox"] = true, ...}, the
** names of mkrun's options, in a bundle of those that it takes.  The Lua
** library needs the names to print a hint if an option of mkrun was given after
** SCRIPT. */
static void set_options(lua_State *L) {
  const struct mk_option *option;
  lua_newtable(L);
  for (size_t i = 0; (option = mk_option_at(i)); i++) {
    if (!option->name) continue;
    if (mk_bundle_is_open() && !mk_host_bundle_takes(option)) continue;
    lua_pushfstring(L, "--%s", option->name);
    lua_pushboolean(L, true);
    lua_settable(L, -3);
  }
  lua_setfield(L, -2, "options");
}

/* [-0, +0, m] Sets the field `actions` to the list of the options -e, -l and
** -W: {{letter = "l", text = "mod"}, ...}. */
static void set_actions(lua_State *L, const struct mk_options *o) {
  lua_createtable(L, (int)o->action_count, 0);
  for (size_t i = 0; i < o->action_count; i++) {
    const char letter[] = {o->actions[i].letter, '\0'};
    lua_createtable(L, 0, 2);
    set_text(L, "letter", letter);
    set_text(L, "text", o->actions[i].text);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "actions");
}

/* [-0, +0, m] Sets the field `allows` to the list of the options --allow-NAME:
** {{what = "read", value = "./specs"}, ...}. */
static void set_allows(lua_State *L, const struct mk_options *o) {
  lua_createtable(L, (int)o->allow_count, 0);
  for (size_t i = 0; i < o->allow_count; i++) {
    lua_createtable(L, 0, 2);
    set_text(L, "what", o->allows[i].what);
    set_text(L, "value", o->allows[i].value);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "allows");
}

/* [-0, +0, m] Sets the field `like` to the list of the values of --like, if
** there are any. */
static void set_likes(lua_State *L, const struct mk_options *o) {
  if (o->like_count == 0) return;
  lua_createtable(L, (int)o->like_count, 0);
  for (size_t i = 0; i < o->like_count; i++) {
    lua_pushstring(L, o->likes[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "like");
}

/* [-0, +0, m] Sets the field `program` to the name by which this bundle was
** started.  The name is for messages only. */
static void set_program(lua_State *L, const struct mk_options *o) {
  if (!mk_bundle_is_open() || o->argc < 1) return;
  const char *slash = strrchr(o->argv[0], '/');
  set_text(L, "program", slash ? slash + 1 : o->argv[0]);
}

static void set_entry(lua_State *L, const char *name, enum mk_entry entry) {
  mk_entry_push(L, entry);
  lua_setfield(L, -2, name);
}

/* [-0, +0, m] Sets the fields that say what the script may do.  `confine` is
** true or "strict" if the header of the script grants nothing by itself. */
static void set_confinement(lua_State *L, const struct mk_config *c,
                            const struct mk_options *o) {
  if (o->confine && *o->confine)
    set_text(L, "confine", o->confine);
  else
    set_bool(L, "confine", o->confine || c->confines);
  set_allows(L, o);
  set_entry(L, "needs", MK_ENTRY_NEEDS);
  set_entry(L, "declare", MK_ENTRY_DECLARE);
  set_entry(L, "meaning", MK_ENTRY_MEANING);
}

static void set_sandbox(lua_State *L, const char *sandbox) {
  set_bool(L, "sandbox", sandbox != NULL);
  if (!sandbox) return;
  set_entry(L, "bottom", MK_ENTRY_SANDBOX);
  if (*sandbox) set_text(L, "sandbox", sandbox);
}

/* [-0, +0, m] Sets the fields for `mkrun test`.  In a trial, the sandbox is the
** one of the test. */
static void set_trial(lua_State *L) {
  size_t len;
  const char *settings = mk_trial_settings(&len);
  set_entry(L, "trial", MK_ENTRY_TRIAL);
  if (!settings) return;
  set_sandbox(L, "");
  set_entry(L, "bottom", MK_ENTRY_TRIAL_SANDBOX);
  lua_pushlstring(L, settings, len);
  lua_setfield(L, -2, "trial_settings");
}

/* [-0, +0, m] Sets the fields for --dry-run, --plan-out and --apply. */
static void set_plan(lua_State *L, const struct mk_options *o) {
  set_bool(L, "dry_run", o->dry_run);
  set_text(L, "plan_format", o->output);
  set_bool(L, "rights", o->rights);
  set_text(L, "plan_out", o->plan_out);
  set_text(L, "types", o->types);
  set_text(L, "apply", o->apply);
  if (o->dry_run || o->apply) set_entry(L, "model", MK_ENTRY_MODEL);
}

/* [-0, +0, m] Sets the field `trust` to a description of the trusted
** certificates, if --trace was given.  No other option needs the
** description. */
static void set_trust(lua_State *L, const struct mk_options *o) {
  char text[512];
  size_t len;
  bool is_offline = o->sandbox || o->replay || mk_trial_settings(&len);
  if (!o->trace || is_offline) return;
  mk_trust_describe(o->cacert, text, sizeof text);
  set_text(L, "trust", text);
}

/* [-0, +0, e] Binds the token at the top to the origin of the URL: mkrun sends
** the token to no other server. */
static void bind_token(lua_State *L, const char *base_url) {
  lua_getfield(L, -1, "bind");
  lua_pushvalue(L, -2);
  lua_pushstring(L, base_url);
  lua_call(L, 2, 0);
}

/* [-0, +0, e] Pushes the token as a secret and wipes it.  Binds the secret to
** the origin of the URL, unless that is NULL. */
static void push_token(lua_State *L, struct mk_token *t, const char *label,
                       const char *base_url) {
  mk_secret_push(L, t->bytes, t->len, label);
  if (base_url) bind_token(L, base_url);
  mk_token_drop(t);
}

/* [-0, +0, e] Sets the fields `tokens` and `base_urls`: tables with what the
** user gave for further providers, by their names.  A token whose base URL the
** user named is bound to it, the others to the one that the provider names. */
static void set_providers(lua_State *L, struct mk_providers *p) {
  char label[MK_TOKEN_LABEL_MAX];
  lua_newtable(L);
  lua_newtable(L); /* stack: config, tokens, base_urls */
  for (size_t i = 0; i < p->count; i++) {
    struct mk_provider *provider = &p->list[i];
    set_text(L, provider->name, provider->base_url);
    if (!provider->token.bytes) continue;
    mk_token_label(provider->name, label);
    push_token(L, &provider->token, label, provider->base_url);
    lua_setfield(L, -3, provider->name);
  }
  lua_setfield(L, -3, "base_urls");
  lua_setfield(L, -2, "tokens");
}

/* [-0, +0, m] Appends {option = OPTION, name = NAME} to the list at the top. In
** a variable's entry, `variable` is the start of the variable's name. */
static void add_named(lua_State *L, const char *option, const char *name,
                      size_t len, const char *variable) {
  lua_createtable(L, 0, 3);
  set_text(L, "option", option);
  set_text(L, "variable", variable);
  lua_pushlstring(L, name, len);
  lua_setfield(L, -2, "name");
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static void add_named_variables(lua_State *L, const struct mk_provider *p) {
  size_t len = strlen(p->name);
  if (p->base_url && p->from_variable)
    add_named(L, "base-url", p->name, len, MK_BASE_URL_PREFIX);
  if (p->token_from_variable)
    add_named(L, "token-file", p->name, len, MK_TOKEN_PREFIX);
}

/* [-0, +0, m] Sets the field `named` to the list of what the user gave for
** providers by their names, in options and variables.  Leaves out what a
** journal gave.  Does nothing if there is nothing. */
static void set_named(lua_State *L, const struct mk_config *c,
                      const struct mk_options *o) {
  if (o->named_count == 0 && c->providers.count == 0 && !o->token_file) return;
  lua_newtable(L);
  for (size_t i = 0; i < o->named_count; i++) {
    const struct mk_named *n = &o->named[i];
    if (!n->is_recalled) add_named(L, n->option, n->name, n->name_len, NULL);
  }
  for (size_t i = 0; i < c->providers.count; i++)
    add_named_variables(L, &c->providers.list[i]);
  if (o->token_file)
    add_named(L, "token-file", MK_PROVIDER_NAME, strlen(MK_PROVIDER_NAME),
              NULL);
  lua_setfield(L, -2, "named");
}

/* [-0, +0, m] Sets the field `sbom` to what lua/mkrun/tool/sbom needs to know
** of this build, if --sbom was given. */
static void set_sbom(lua_State *L, const char *format) {
  if (!format) return;
  lua_createtable(L, 0, 3);
  set_text(L, "format", *format ? format : "cyclonedx");
  set_text(L, "commit", MK_COMMIT_ID);
  lua_pushinteger(L, MK_COMMIT_SECONDS);
  lua_setfield(L, -2, "seconds");
  lua_setfield(L, -2, "sbom");
}

void mk_config_push(lua_State *L, struct mk_config *c,
                    const struct mk_options *o,
                    const struct mk_script *script) {
  lua_createtable(L, 0, 16);
  set_text(L, "version", MK_VERSION);
  set_text(L, "base_url", c->base_url);
  set_text(L, "project", c->project);
  set_text(L, "cacert", o->cacert);
  set_text(L, "journal", o->journal);
  set_text(L, "resume", o->resume);
  set_text(L, "audit", o->audit);
  set_entry(L, "provider", MK_ENTRY_PROVIDER);
  set_entry(L, "renamed", MK_ENTRY_RENAMED);
  set_entry(L, "subject", MK_ENTRY_SUBJECT);
  set_text(L, "record", o->record);
  set_text(L, "replay", o->replay);
  set_likes(L, o);
  set_text(L, "faults", o->faults);
  set_bool(L, "trace", o->trace);
  set_bool(L, "statements", mk_options_has(o, 'e'));
  set_bool(L, "color", c->color);
  set_bool(L, "json_errors", mk_error_json_chosen());
  set_text(L, "approved", c->approved);
  set_sandbox(L, o->sandbox);
  set_confinement(L, c, o);
  if (o->replay) set_entry(L, "bottom", MK_ENTRY_REPLAY);
  set_trial(L);
  mk_config_set_script(L, script);
  set_arguments(L, o);
  set_kept(L, c, o);
  set_actions(L, o);
  set_plan(L, o);
  set_options(L);
  set_program(L, o);
  set_trust(L, o);
  set_sbom(L, o->sbom);
  if (o->timeout > 0) {
    lua_pushnumber(L, o->timeout);
    lua_setfield(L, -2, "timeout");
  }
  if (o->jobs > 0) {
    lua_pushinteger(L, (lua_Integer)o->jobs);
    lua_setfield(L, -2, "jobs");
  }
  if (o->max_rate > 0) {
    lua_pushinteger(L, (lua_Integer)o->max_rate);
    lua_setfield(L, -2, "max_rate");
  }
  set_named(L, c, o);
  set_providers(L, &c->providers);
  if (c->token.bytes) {
    push_token(L, &c->token, MK_TOKEN_LABEL, c->base_url);
    lua_setfield(L, -2, "token");
  }
}
