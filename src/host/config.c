/* config.c - reads the settings of the run from the command line and the
** environment.
** SPDX-License-Identifier: MIT */
#include "host/config.h"

#include "base/file.h"
#include "base/output.h"
#include "base/redact.h"
#include "http/trust.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define TOKEN_MAX ((size_t)64 * 1024)
#define TOKEN_VARIABLE "MKIO_TOKEN"

extern char **environ;

/* --- Reading the token ---------------------------------------------------- */

static bool set_token(struct mk_config *c, const char *bytes, size_t len) {
  char *token = malloc(len + 1);
  if (!token || !mk_redact_add(bytes, len, MK_TOKEN_LABEL)) {
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

/* Returns true if the variable is set, and neither empty nor "0". */
static bool is_on(const char *name) {
  const char *value = variable(name);
  return value && strcmp(value, "0") != 0;
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

static bool check_likes(const struct mk_options *o, struct mk_fault *fault) {
  for (size_t i = 0; i < o->like_count; i++)
    if (!check_file("--like", o->likes[i], fault)) return false;
  return true;
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
  c->confines = is_on("MKRUN_CONFINE");
  c->color = wants_color();
  if (!read_token(c, o, fault) || !check_trust(o->cacert, fault) ||
      !check_likes(o, fault) || !check_file("--faults", o->faults, fault) ||
      !check_file("MKRUN_LUA", c->lua_folder, fault))
    return false;
  return read_base_url(c, o, fault);
}

void mk_config_drop_token(struct mk_config *c) {
  mk_file_wipe(c->token, c->token_len);
  c->token = NULL;
  c->token_len = 0;
}

void mk_config_free(struct mk_config *c) {
  mk_config_drop_token(c);
  free(c->base_url);
  free(c->approved);
  c->base_url = c->approved = NULL;
}
