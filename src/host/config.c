/* config.c - reads the settings of the run from the command line and the
** environment.
** SPDX-License-Identifier: MIT */
#include "host/config.h"

#include "base/file.h"
#include "base/output.h"
#include "base/redact.h"
#include "host/entry.h"
#include "host/option_table.h"
#include "http/trust.h"
#include "lua/secret.h"
#include "versions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define TOKEN_MAX ((size_t)64 * 1024)
#define TOKEN_VARIABLE "MKIO_TOKEN"
#define TOKEN_LABEL "API token"

extern char **environ;

/* --- Reading the token ---------------------------------------------------- */

static bool set_token(struct mk_config *c, const char *bytes, size_t len) {
  char *token = malloc(len + 1);
  if (!token || !mk_redact_add(bytes, len, TOKEN_LABEL)) {
    free(token);
    return false;
  }
  memcpy(token, bytes, len);
  token[len] = '\0';
  if (c->token) mk_file_wipe(c->token, c->token_len);
  c->token = token;
  c->token_len = len;
  return true;
}

/* Reads the token from MKIO_TOKEN and removes the variable.  Overwrites the
** variable's value with zeros, because /proc/PID/environ also shows a variable
** that was unset.  Returns false if out of memory. */
static bool take_token_variable(struct mk_config *c) {
  size_t name_len = strlen(TOKEN_VARIABLE);
  bool good = true;
  for (char **entry = environ; entry && *entry; entry++) {
    if (strncmp(*entry, TOKEN_VARIABLE "=", name_len + 1)) continue;
    char *value = *entry + name_len + 1;
    size_t len = mk_file_without_line_end(value, strlen(value));
    if (len > 0 && !c->token) good = set_token(c, value, len);
    explicit_bzero(value, strlen(value));
  }
  unsetenv(TOKEN_VARIABLE);
  return good;
}

static bool is_token(const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (bytes[i] <= ' ' || bytes[i] > '~') return false;
  return true;
}

static void warn_if_shown(const char *path, unsigned mode) {
  if (mode)
    fprintf(mk_stderr,
            "mkrun: warning: %s: other users can read this token file (mode "
            "%03o, 600 expected)\n",
            path, mode);
}

static bool read_token_file(struct mk_config *c, const char *path,
                            struct mk_fault *fault) {
  char *bytes;
  size_t len;
  unsigned shown;
  int error = mk_fault_note(
      fault, mk_file_read_token(path, TOKEN_MAX, &bytes, &len, &shown));
  if (error)
    return mk_fault_say(fault, "--token-file: %s: %s%s", path,
                        mk_file_why(error),
                        strncmp(path, "eyJ", 3)
                            ? ""
                            : " (this is a token, not a file: set MKIO_TOKEN)");
  bool good = set_token(c, bytes, mk_file_without_line_end(bytes, len));
  mk_file_wipe(bytes, len);
  if (!good) mk_fault_memory(fault);
  if (good && c->token_len == 0)
    return mk_fault_say(fault, "--token-file: %s: no token in it", path);
  warn_if_shown(path, shown);
  return good;
}

static bool read_token(struct mk_config *c, const struct mk_options *o,
                       struct mk_fault *fault) {
  if (!take_token_variable(c)) return mk_fault_memory(fault);
  if (o->token_file && !read_token_file(c, o->token_file, fault)) return false;
  if (!c->token) return true;
  if (is_token(c->token, c->token_len)) return true;
  bool from_stdin = o->token_file && !strcmp(o->token_file, "-");
  return mk_fault_say(
      fault,
      "%s: the token contains a blank, a line break or another character "
      "that is not allowed in a token%s",
      o->token_file ? "--token-file" : TOKEN_VARIABLE,
      from_stdin ? " (standard input must contain only the token)" : "");
}

/* --- Reading the other settings ------------------------------------------- */

/* Returns the part of the URL after "https://" or "http://".  Returns NULL if
** the URL begins with neither. */
static const char *after_scheme(const char *url) {
  if (!strncasecmp(url, "https://", 8)) return url + 8;
  if (!strncasecmp(url, "http://", 7)) return url + 7;
  return NULL;
}

static const char *base_url_fault(const char *url) {
  const char *host = after_scheme(url);
  if (!host) return "URL that begins with https:// or http:// expected";
  for (const char *p = url; *p; p++)
    if (*p <= ' ' || *p > '~')
      return "blank or other invalid character in the URL";
  if (strchr(host, '?') || strchr(host, '#'))
    return "URL without a query expected";
  size_t len = strcspn(host, "/");
  if (memchr(host, '@', len)) return "URL without a user name expected";
  if (len == 0 || *host == ':') return "host name expected in the URL";
  return NULL;
}

static bool read_base_url(struct mk_config *c, const struct mk_options *o,
                          struct mk_fault *fault) {
  const char *url = o->base_url, *from = "--base-url";
  if (!url) {
    url = getenv("MKIO_BASE_URL");
    from = "MKIO_BASE_URL";
  }
  if (!url || !*url) url = MK_DEFAULT_BASE_URL;
  const char *wrong = base_url_fault(url);
  if (wrong) return mk_fault_say(fault, "%s: %s", from, wrong);
  size_t len = strlen(url);
  while (url[len - 1] == '/') len--;
  c->base_url = strndup(url, len);
  if (!c->base_url) mk_fault_memory(fault);
  return c->base_url != NULL;
}

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value && *value ? value : NULL;
}

static bool wants_color(void) {
  const char *term = getenv("TERM");
  return !variable("NO_COLOR") && isatty(STDOUT_FILENO) && term &&
         strcmp(term, "dumb") != 0;
}

/* Checks that the file can be opened for reading.  If not, returns false and
** sets a message with the option's name.  Returns true if `path` is NULL. */
static bool check_file(const char *option, const char *path,
                       struct mk_fault *fault) {
  if (!path) return true;
  FILE *f = fopen(path, "re");
  if (f) fclose(f);
  if (!f)
    mk_fault_say(fault, "%s: %s: %s", option, path,
                 strerror(mk_fault_note(fault, errno)));
  return f != NULL;
}

/* Checks that the file contains valid certificates.  If not, returns false and
** sets a message.  Returns true if `path` is NULL. */
static bool check_trust(const char *path, struct mk_fault *fault) {
  char message[8192];
  if (!path || mk_trust_describe(path, message, sizeof message)) return true;
  mk_fault_note(fault, errno);
  return mk_fault_say(fault, "%s", message);
}

bool mk_config_read(struct mk_config *c, const struct mk_options *o,
                    struct mk_fault *fault) {
  memset(c, 0, sizeof *c);
  c->project = variable("MKIO_PROJECT");
  c->lua_folder = o->no_env ? NULL : variable("MKRUN_LUA");
  c->color = wants_color();
  if (!read_token(c, o, fault) || !check_trust(o->cacert, fault) ||
      !check_file("--faults", o->faults, fault) ||
      !check_file("MKRUN_LUA", c->lua_folder, fault))
    return false;
  return read_base_url(c, o, fault);
}

static void drop_token(struct mk_config *c) {
  mk_file_wipe(c->token, c->token_len);
  c->token = NULL;
  c->token_len = 0;
}

void mk_config_free(struct mk_config *c) {
  drop_token(c);
  free(c->base_url);
  free(c->approved);
  c->base_url = c->approved = NULL;
}

/* --- The table mkrun.config ----------------------------------------------- */

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

/* [-0, +0, m] Sets the field `folder` to the current folder, and `kept` to the
** list of options that --resume uses again.  A journal stores these fields. */
static void set_kept(lua_State *L, const struct mk_options *o) {
  char *folder = getcwd(NULL, 0);
  set_text(L, "folder", folder);
  free(folder);
  lua_createtable(L, (int)o->kept_count, 0);
  for (size_t i = 0; i < o->kept_count; i++) {
    lua_pushstring(L, o->kept[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "kept");
}

/* [-0, +0, m] Sets the field `options` to {["--sandbox"] = true, ...}, the
** names of mkrun's options.  The Lua library needs the names to print a hint if
** an option of mkrun was given after SCRIPT. */
static void set_options(lua_State *L) {
  const struct mk_option *option;
  lua_newtable(L);
  for (size_t i = 0; (option = mk_option_at(i)); i++) {
    if (!option->name) continue;
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

static void set_entry(lua_State *L, const char *name, enum mk_entry entry) {
  mk_entry_push(L, entry);
  lua_setfield(L, -2, name);
}

static void set_sandbox(lua_State *L, const char *sandbox) {
  set_bool(L, "sandbox", sandbox != NULL);
  if (!sandbox) return;
  set_entry(L, "bottom", MK_ENTRY_SANDBOX);
  if (*sandbox) set_text(L, "sandbox", sandbox);
}

/* [-0, +0, m] Sets the fields for --dry-run, --plan-out and --apply. */
static void set_plan(lua_State *L, const struct mk_options *o) {
  set_bool(L, "dry_run", o->dry_run);
  set_text(L, "plan_format", o->output);
  set_bool(L, "rights", o->rights);
  set_text(L, "plan_out", o->plan_out);
  set_text(L, "apply", o->apply);
  if (o->dry_run || o->apply) set_entry(L, "model", MK_ENTRY_MODEL);
}

/* [-0, +0, m] Sets the field `trust` to a description of the trusted
** certificates, if --trace was given.  No other option needs the
** description. */
static void set_trust(lua_State *L, const struct mk_options *o) {
  char text[512];
  if (!o->trace || o->sandbox || o->replay) return;
  mk_trust_describe(o->cacert, text, sizeof text);
  set_text(L, "trust", text);
}

/* [-0, +0, e] Binds the token at the top to the origin of the API: mkrun sends
** the token to no other server. */
static void bind_token(lua_State *L, const char *base_url) {
  lua_getfield(L, -1, "bind");
  lua_pushvalue(L, -2);
  lua_pushstring(L, base_url);
  lua_call(L, 2, 0);
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
  set_entry(L, "subject", MK_ENTRY_SUBJECT);
  set_text(L, "record", o->record);
  set_text(L, "replay", o->replay);
  set_text(L, "faults", o->faults);
  set_bool(L, "trace", o->trace);
  set_bool(L, "statements", mk_options_has(o, 'e'));
  set_bool(L, "color", c->color);
  set_text(L, "approved", c->approved);
  set_sandbox(L, o->sandbox);
  if (o->replay) set_entry(L, "bottom", MK_ENTRY_REPLAY);
  mk_config_set_script(L, script);
  set_arguments(L, o);
  set_kept(L, o);
  set_actions(L, o);
  set_plan(L, o);
  set_options(L);
  set_trust(L, o);
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
  if (c->token) {
    mk_secret_push(L, c->token, c->token_len, TOKEN_LABEL);
    bind_token(L, c->base_url);
    lua_setfield(L, -2, "token");
    drop_token(c);
  }
}
