/* script.c - finds and reads the script of this run.
** SPDX-License-Identifier: MIT */
#include "host/script.h"

#include "base/bundle.h"
#include "base/closest_name.h"
#include "base/embed.h"
#include "base/file.h"
#include "base/output.h"
#include "base/owner.h"
#include "base/tags.h"
#include "host/bundle.h"
#include "host/option_set.h"
#include "host/option_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Prefix of the names of built-in flows in the table of embedded files. */
#define FLOWS "scripts/"

/* Maximum size of a script, in bytes. */
#define SCRIPT_MAX ((size_t)64 * 1024 * 1024)

static size_t without_lua(const char *name) {
  size_t len = strlen(name);
  return len > 4 && !strcmp(name + len - 4, ".lua") ? len - 4 : len;
}

static const struct mk_embedded *find_embedded(const char *name, size_t len) {
  char full[256];
  int n = snprintf(full, sizeof full, FLOWS "%.*s", (int)len, name);
  return n < (int)sizeof full ? mk_embedded_find(full) : NULL;
}

/* Returns the built-in flow with the given name, such as "onboard" or
** "onboard.lua", or NULL.  A name with a "/" is never a flow. */
static const struct mk_embedded *find_flow(const char *name) {
  return strchr(name, '/') ? NULL : find_embedded(name, without_lua(name));
}

static void try_flow(struct mk_closest_name *near, const char *name) {
  if (!strncmp(name, FLOWS, strlen(FLOWS)))
    mk_closest_name_try(near, name + strlen(FLOWS));
}

/* Returns a hint to append to the message "no built-in flow".  The hint names
** the option --NAME if there is such an option, or else the most similar flow,
** or else --list.  If `words` is true, the words "help" and "version" count
** too.  `text` is a buffer for the hint, with `size` bytes. */
static const char *hint(const char *name, bool words, char *text, size_t size) {
  if (mk_option_of_name(name, strlen(name))) {
    snprintf(text, size, ", did you mean '--%s'?", name);
    return text;
  }
  struct mk_closest_name near = {.wanted = name, .len = strlen(name)};
  for (size_t i = 0; i < mk_embedded_count; i++)
    try_flow(&near, mk_embedded_name(&mk_embedded[i]));
  if (words) {
    mk_closest_name_try(&near, MK_HELP_WORD);
    mk_closest_name_try(&near, MK_VERSION_WORD);
  }
  if (!near.found) return " (see --list)";
  snprintf(text, size, ", did you mean '%s'?", near.found);
  return text;
}

/* Returns the text of the embedded file, to be freed, or NULL if out of
** memory. */
static char *unpack(const struct mk_embedded *e) {
  char *text = malloc(e->len + 1);
  if (!text) return NULL;
  if (mk_embedded_unpack(e, text)) return text;
  free(text);
  return NULL;
}

static int use_embedded(struct mk_script *s, const struct mk_embedded *e) {
  char path[MK_EMBEDDED_PATH_MAX];
  mk_embedded_path(e, path);
  s->name = mk_embedded_name(e) + strlen(FLOWS);
  s->path = s->owned = strdup(path);
  if (!s->path) return ENOMEM;
  s->source = s->file = unpack(e);
  s->len = e->len;
  return s->file ? 0 : ENOMEM;
}

/* Sets `*st` to what is known of the file, or of standard input for "-". */
static bool look(const char *path, struct stat *st) {
  return (strcmp(path, "-") ? stat(path, st) : fstat(STDIN_FILENO, st)) == 0;
}

/* Returns the doubt about a file that another user owns or others can write. */
static const char *foreign(const struct stat *st) {
  if (st->st_uid != geteuid() && st->st_uid != 0)
    return "another user owns it (see chown)";
  return "others can write it (see chmod go-w)";
}

/* Reads the script.  Sets s->doubt if somebody else may have written it. Others
** may own a terminal. */
static int read_file(struct mk_script *s, const char *path) {
  struct stat st = {0};
  bool known = look(path, &st), is_stdin = !strcmp(path, "-");
  if (known && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
    s->doubt = "it comes from a pipe";
  else if (is_stdin && S_ISREG(st.st_mode) &&
           mk_owner_check_input(STDIN_FILENO) != 0)
    s->doubt = foreign(&st);
  if (s->doubt || is_stdin)
    return mk_file_read(path, SCRIPT_MAX, &s->file, &s->len);
  int error = mk_file_read_trusted(path, SCRIPT_MAX, &s->file, &s->len);
  if (error != MK_FILE_UNTRUSTED) return error;
  s->doubt = foreign(&st);
  return mk_file_read(path, SCRIPT_MAX, &s->file, &s->len);
}

static int use_file(struct mk_script *s, const char *path) {
  int error = read_file(s, path);
  if (error) return error;
  s->source = s->file;
  if (!strcmp(path, "-")) return 0;
  const char *slash = strrchr(path, '/');
  const char *base = slash ? slash + 1 : path;
  s->path = path;
  s->is_file = true;
  s->name = s->owned = strndup(base, without_lua(base));
  return s->name ? 0 : ENOMEM;
}

/* Returns true if the script file begins with "{" or "[", as no Lua script
** does. */
static bool is_json(const struct mk_script *s) {
  return s->is_file && s->len > 0 && (*s->source == '{' || *s->source == '[');
}

/* Returns true if the JSON is the state of a sandbox, and no SPEC. */
static bool is_state(const struct mk_script *s) {
  return memmem(s->source, s->len, "\"organizations\"", 15) != NULL;
}

/* Returns true if the user probably wrote `--sandbox FILE` instead of
** `--sandbox=FILE`, and mkrun took FILE for the script. */
static bool follows_sandbox(const char *before) {
  return before && !strcmp(before, "--sandbox");
}

/* Sets the message for a script that is JSON, and returns false. */
static bool refuse_json(const struct mk_script *s, const char *text,
                        const char *before, struct mk_fault *fault) {
  bool state = is_state(s);
  mk_fault_say(fault, "%s: this is JSON, not a Lua script", text);
  if (state || follows_sandbox(before))
    mk_fault_add(fault, "; for a sandbox: --sandbox=%s", text);
  if (!state) mk_fault_add(fault, "; for a SPEC: mkrun onboard %s", text);
  return false;
}

/* Sets the message for a script that cannot be read, and returns false. */
static bool refuse_unread(const char *text, const char *before, int error,
                          struct mk_fault *fault) {
  char meant[64];
  bool maybe_flow = error == ENOENT && !text[strcspn(text, "./")];
  const char *more = maybe_flow ? hint(text, true, meant, sizeof meant) : "";
  mk_fault_note(fault, error);
  mk_fault_say(fault, "%s: %s%s%s", text, mk_file_why(error),
               maybe_flow ? ", and no built-in flow" : "", more);
  if (error == ENOENT && follows_sandbox(before) && *more != ',' &&
      !text[without_lua(text)])
    mk_fault_add(fault, "; for a sandbox file: --sandbox=%s", text);
  return false;
}

static int use_bundled(struct mk_script *s, const struct mk_bundle_entry *e) {
  const char *slash = strrchr(e->path, '/');
  const char *base = slash ? slash + 1 : e->path;
  s->path = e->path;
  s->source = e->bytes;
  s->len = e->len;
  s->is_file = true;
  s->name = s->owned = strndup(base, without_lua(base));
  return s->name ? 0 : ENOMEM;
}

/* Finds the flow of the bundle. */
static bool find_bundled(struct mk_script *s, const char *text,
                         struct mk_fault *fault) {
  struct mk_bundle_entry e;
  int error = 0;
  memset(s, 0, sizeof *s);
  if (mk_bundle_find(MK_BUNDLE_FLOW, text, &e))
    error = use_bundled(s, &e);
  else if (mk_bundle_find(MK_BUNDLE_BUILT_IN, text, &e) && find_flow(text))
    error = use_embedded(s, find_flow(text));
  else
    return mk_fault_say(fault, "%s: this bundle runs %s and nothing else", text,
                        mk_host_bundle_flow());
  return error ? mk_fault_memory(fault) : true;
}

bool mk_script_find(struct mk_script *s, const char *text, const char *before,
                    struct mk_fault *fault) {
  if (mk_bundle_is_open()) return find_bundled(s, text, fault);
  const struct mk_embedded *flow = find_flow(text);
  /* True if `text` is the name of a flow, without ".lua". */
  bool bare = flow && !text[without_lua(text)];
  memset(s, 0, sizeof *s);
  int error = bare ? ENOENT : use_file(s, text);
  if (flow && error == ENOENT) error = use_embedded(s, flow);
  if (!error && is_json(s)) {
    refuse_json(s, text, before, fault);
    mk_script_free(s);
    return false;
  }
  return !error || refuse_unread(text, before, error, fault);
}

bool mk_script_find_built_in(struct mk_script *s, const char *name,
                             struct mk_fault *fault) {
  const struct mk_embedded *flow = find_flow(name);
  memset(s, 0, sizeof *s);
  if (!flow || name[without_lua(name)]) return true;
  return use_embedded(s, flow) == 0 || mk_fault_memory(fault);
}

bool mk_script_is_flow(const struct mk_script *s) {
  return s->path && !s->is_file;
}

void mk_script_free(struct mk_script *s) {
  free(s->file);
  free(s->owned);
  memset(s, 0, sizeof *s);
}

bool mk_script_has_tag(const struct mk_script *s, const char *word) {
  return s->source && mk_tags_have(s->source, s->len, word);
}

bool mk_script_check_tags(const struct mk_script *s, struct mk_fault *fault) {
  const char *path = s->path ? s->path : "stdin";
  if (!s->source) return true;
  int line = mk_tags_needs_below(s->source, s->len);
  if (line > 0)
    fprintf(
        mk_stderr,
        "mkrun: warning: %s:%d: this @needs has no effect: it must stand in "
        "the comment at the beginning\n",
        path, line);
  return mk_tags_check(path, s->source, s->len, fault);
}

bool mk_script_has_needs(const struct mk_script *s) {
  return s->source && mk_tags_have_needs(s->source, s->len);
}

bool mk_script_has_provider(const struct mk_script *s) {
  return s->source && mk_tags_have_provider(s->source, s->len);
}

bool mk_script_show(const char *name, struct mk_fault *fault) {
  const struct mk_embedded *e = find_flow(name);
  if (!e && !strncmp(name, "examples/", 9)) e = mk_embedded_find(name);
  if (!e) {
    char meant[64];
    return mk_fault_say(fault, "--show: no built-in flow '%s'%s", name,
                        hint(name, false, meant, sizeof meant));
  }
  char *text = unpack(e);
  if (text)
    fwrite(text, 1, e->len, mk_stdout);
  else
    mk_fault_memory(fault);
  free(text);
  return text != NULL;
}
