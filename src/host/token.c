/* token.c - reads a token from an environment variable or a file, and checks
** it.
** SPDX-License-Identifier: MIT */
#include "host/token.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/output.h"
#include "base/redact.h"
#include "provider.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_MAX ((size_t)64 * 1024)

/* All variables with this prefix are removed, also those with a name that no
** provider can have: the user meant a token. */
#define WIPED "MKRUN_TOKEN"

extern char **environ;

void mk_token_label(const char *name, char out[MK_TOKEN_LABEL_MAX]) {
  snprintf(out, MK_TOKEN_LABEL_MAX, "token of %s", name);
}

/* --- Registering for redaction -------------------------------------------- */

/* Registers the pair USER:PASSWORD in base64, with its padding. */
static bool register_base64(const char *bytes, size_t len, const char *label) {
  size_t room = MK_BASE64_LEN(len) + 2;
  char *text = malloc(room);
  if (!text) return false;
  size_t n = mk_base64_encode(bytes, len, MK_BASE64, text);
  while (n % 4) text[n++] = '=';
  bool good = mk_redact_add(text, n, label);
  mk_file_wipe(text, n);
  return good;
}

static bool register_bytes(const char *bytes, size_t len, const char *label) {
  const char *colon = memchr(bytes, ':', len);
  if (!mk_redact_add(bytes, len, label)) return false;
  if (!colon) return true;
  const char *password = colon + 1;
  return mk_redact_add(password, len - (size_t)(password - bytes), label) &&
         register_base64(bytes, len, label);
}

/* --- A token -------------------------------------------------------------- */

bool mk_token_set(struct mk_token *t, const char *bytes, size_t len,
                  const char *label) {
  char *copy = malloc(len + 1);
  if (!copy || !register_bytes(bytes, len, label)) {
    free(copy);
    return false;
  }
  memcpy(copy, bytes, len);
  copy[len] = '\0';
  mk_token_drop(t);
  *t = (struct mk_token){copy, len};
  return true;
}

void mk_token_drop(struct mk_token *t) {
  if (t->bytes) mk_file_wipe(t->bytes, t->len);
  *t = (struct mk_token){NULL, 0};
}

static void warn_if_shown(const char *path, unsigned mode) {
  if (mode)
    fprintf(mk_stderr,
            "mkrun: warning: %s: other users can read this token file (mode "
            "%03o, 600 expected)\n",
            path, mode);
}

/* Returns true if somebody seems to have given a token where its file is
** expected: a JSON Web Token, or USER:PASSWORD. */
static bool is_token(const char *path) {
  return !strncmp(path, "eyJ", 3) || (strchr(path, ':') && !strchr(path, '/'));
}

/* Sets the message for a file that cannot be read.  A path that is a token is
** not shown.  Returns false. */
static bool fail_file(const char *path, const struct mk_token_source *from,
                      int error, struct mk_fault *fault) {
  const char *why = mk_file_why(error);
  if (!is_token(path))
    return mk_fault_say(fault, "%s%s: %s", from->option, path, why);
  if (!register_bytes(path, strlen(path), from->label))
    return mk_fault_memory(fault);
  return mk_fault_say(fault, "%s%s: %s (this is a token, not a file: set %s)",
                      from->option, path, why, from->variable);
}

bool mk_token_read(struct mk_token *t, const char *path,
                   const struct mk_token_source *from, struct mk_fault *fault) {
  char *bytes;
  size_t len;
  unsigned shown;
  int error = mk_fault_note(
      fault, mk_file_read_token(path, TOKEN_MAX, &bytes, &len, &shown));
  if (error) return fail_file(path, from, error, fault);
  bool good =
      mk_token_set(t, bytes, mk_file_without_line_end(bytes, len), from->label);
  mk_file_wipe(bytes, len);
  if (!good) return mk_fault_memory(fault);
  if (t->len == 0)
    return mk_fault_say(fault, "%s%s: no token in it", from->option, path);
  warn_if_shown(path, shown);
  return true;
}

static bool is_sendable(const struct mk_token *t, bool pair) {
  bool encoded = pair && memchr(t->bytes, ':', t->len);
  for (size_t i = 0; i < t->len; i++) {
    unsigned char c = (unsigned char)t->bytes[i];
    if (c < ' ' || c == 0x7f || (!encoded && (c == ' ' || c > '~')))
      return false;
  }
  return true;
}

bool mk_token_check(const struct mk_token *t, bool pair, const char *from,
                    const char *path, struct mk_fault *fault) {
  if (!t->bytes || is_sendable(t, pair)) return true;
  return mk_fault_say(
      fault,
      "%s: the token contains a blank, a line break or another character "
      "that is not allowed in a token%s",
      from,
      path && !strcmp(path, "-")
          ? " (standard input must contain only the token)"
          : "");
}

/* --- The environment variables -------------------------------------------- */

static bool has_token(const char *entry) {
  const char *own = MK_PROVIDER_TOKEN_VARIABLE "=";
  return !strncmp(entry, own, strlen(own)) ||
         !strncmp(entry, WIPED, strlen(WIPED));
}

/* Writes the label for the value of the variable `entry`, which ends at "=" or
** NUL. */
static void label_of(const char *entry, char out[MK_TOKEN_LABEL_MAX]) {
  char name[MK_TOKEN_LABEL_MAX] = "";
  size_t skip = strlen(MK_TOKEN_PREFIX), i = 0;
  snprintf(out, MK_TOKEN_LABEL_MAX, MK_TOKEN_LABEL);
  if (strncmp(entry, MK_TOKEN_PREFIX, skip)) return;
  entry += skip;
  for (; entry[i] && entry[i] != '=' && i + 1 < sizeof name; i++)
    name[i] = (char)tolower((unsigned char)entry[i]);
  mk_token_label(name, out);
}

bool mk_token_register_variables(void) {
  char label[MK_TOKEN_LABEL_MAX];
  for (char **entry = environ; entry && *entry; entry++) {
    const char *equals = has_token(*entry) ? strchr(*entry, '=') : NULL;
    if (!equals) continue;
    label_of(*entry, label);
    if (!register_bytes(equals + 1, strcspn(equals + 1, "\r\n"), label))
      return false;
  }
  return true;
}

bool mk_token_take_variables(mk_token_taker *take, void *data) {
  bool good = true;
  char **kept = environ;
  for (char **entry = environ; entry && *entry; entry++) {
    char *equals = strchr(*entry, '=');
    if (!has_token(*entry)) {
      *kept++ = *entry;
    } else if (equals) {
      char *value = equals + 1;
      size_t len = mk_file_without_line_end(value, strlen(value));
      *equals = '\0';
      if (len > 0) good = take(data, *entry, value, len) && good;
      *equals = '=';
      explicit_bzero(value, strlen(value));
    }
  }
  if (kept) *kept = NULL;
  return good;
}
