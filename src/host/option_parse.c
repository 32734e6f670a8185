/* option_parse.c - parses the options of one command line.
** SPDX-License-Identifier: MIT */
#include "host/option_parse.h"

#include "base/closest_name.h"
#include "host/option_rules.h"
#include "host/option_table.h"
#include "host/option_value.h"
#include "provider.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct parser {
  struct mk_options *o;
  struct mk_fault *fault;
};

/* Returns the name of the only option whose name begins with the letter, in
** lower case: for example "version" for "V".  Returns NULL if there is no such
** option or more than one. */
static const char *only_name_with(char letter) {
  const char *found = NULL;
  const struct mk_option *option;
  for (size_t i = 0; (option = mk_option_at(i)); i++) {
    const char *name = option->name;
    if (!name || *name != tolower((unsigned char)letter)) continue;
    if (found) return NULL;
    found = name;
  }
  return found;
}

/* Returns a hint for an unknown option, or "".  If a word follows that may be
** SCRIPT, the option may be one of SCRIPT. */
static const char *place_of(const struct mk_options *o, const char *typed) {
  int i = 1;
  while (i < o->argc && o->argv[i] != typed) i++;
  while (i < o->argc && o->argv[i][0] == '-') i++;
  return i < o->argc ? "; options of a script go after its name" : "";
}

/* Sets the message for an unknown option, with a hint at a similar option, and
** returns false.  `typed` is the text that the user wrote, with `len` bytes, of
** which the first `dashes` are dashes.  The hint ignores the dashes, so
** "-dry-run" gets the hint "--dry-run". */
static bool refuse_unknown(struct parser *p, const char *typed, size_t len,
                           size_t dashes) {
  struct mk_closest_name near = {.wanted = typed + dashes, .len = len - dashes};
  const struct mk_option *option;
  for (size_t i = 0; (option = mk_option_at(i)); i++)
    if (option->name) mk_closest_name_try(&near, option->name);
  if (!near.found && len == 2) near.found = only_name_with(typed[1]);
  if (len == 7 && !memcmp(typed, "--token", 7))
    return mk_fault_say(p->fault,
                        "there is no option '--token', because other users "
                        "could read the token: set " MK_PROVIDER_TOKEN_VARIABLE
                        ", or use --token-file FILE");
  if (!near.found)
    return mk_fault_say(p->fault, "unknown option '%.*s'%s", (int)len, typed,
                        dashes == 2 ? place_of(p->o, typed) : "");
  return mk_fault_say(p->fault, "unknown option '%.*s', did you mean '--%s'?",
                      (int)len, typed, near.found);
}

/* Stores the value of --base-url or --token-file.  NAME=VALUE is stored in a
** list, unless NAME is the host's own provider. */
static bool store_named(struct parser *p, const struct mk_option *option,
                        const char *shown, const char *value) {
  size_t len;
  const char *named = mk_value_named(value, &len);
  bool own = named && len == strlen(MK_PROVIDER_NAME) &&
             !memcmp(value, MK_PROVIDER_NAME, len);
  if (!*value || (named && !*named))
    return mk_fault_say(p->fault, "option '%s%s%s' needs a value", shown,
                        *value ? " " : "", value);
  if (named && !own)
    p->o->named[p->o->named_count++] =
        (struct mk_named){option->name, value, len, named, false};
  else
    *(const char **)((char *)p->o + option->field) = own ? named : value;
  return true;
}

/* Stores the value of one option.  Returns false and sets a message if the
** value is invalid.  `shown` is the option as the user wrote it, for the
** message. */
static bool store(struct parser *p, const struct mk_option *option,
                  const char *shown, const char *value) {
  void *field = (char *)p->o + option->field;
  switch (option->kind) {
  case MK_FLAG: *(bool *)field = true; return true;
  case MK_TEXT:
    if (!*value)
      return mk_fault_say(p->fault, "option '%s' needs a value", shown);
    *(const char **)field = value;
    return true;
  case MK_OPTIONAL: *(const char **)field = value ? value : ""; return true;
  case MK_SECONDS:
    if (mk_value_seconds(value, field)) return true;
    return mk_fault_say(p->fault,
                        "option '%s': seconds above zero expected, got '%s'",
                        shown, value);
  case MK_COUNT:
    if (mk_value_count(value, field)) return true;
    return mk_fault_say(
        p->fault, "option '%s': number from 1 to 1000000 expected, got '%s'",
        shown, value);
  case MK_SIZE:
    if (mk_value_size(value, field)) return true;
    return mk_fault_say(p->fault,
                        "option '%s': size such as 256M expected, got '%s'",
                        shown, value);
  case MK_ALLOW:
    if (value && !*value)
      return mk_fault_say(p->fault, "option '%s' needs a value", shown);
    p->o->allows[p->o->allow_count++] =
        (struct mk_allow){option->name + strlen("allow-"), value};
    return true;
  case MK_LIKE:
    if (!*value)
      return mk_fault_say(p->fault, "option '%s' needs a value", shown);
    p->o->likes[p->o->like_count++] = value;
    return true;
  case MK_NAMED: return store_named(p, option, shown, value);
  case MK_ACTION:
    p->o->actions[p->o->action_count++] =
        (struct mk_action){option->letter, value};
    return true;
  }
  return true;
}

static bool takes_value(const struct mk_option *option) {
  return option->value && option->kind != MK_OPTIONAL;
}

static bool is_stdin(const char *value) {
  size_t len;
  const char *named = value ? mk_value_named(value, &len) : NULL;
  if (named) value = named;
  return value && !strcmp(value, "-");
}

/* Returns true if a journal stores this option, so that --resume uses the
** option again.  An option with the value "-" is not stored, because standard
** input can be read only once. */
static bool is_kept(const char *name, const char *value) {
  static const char *const kept[] = {
      "sandbox",  "base-url",   "token-file", "cacert", "timeout",
      "max-rate", "max-memory", "audit",      "jobs",   "confine"};
  if (!strncmp(name, "allow-", strlen("allow-"))) return true;
  if (is_stdin(value)) return false;
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    if (!strcmp(kept[i], name)) return true;
  return false;
}

static void keep(struct mk_options *o, int first, int last) {
  for (int i = first; i <= last; i++) o->kept[o->kept_count++] = o->argv[i];
}

/* Returns true if the word is an option of mkrun, such as "--dry-run".  As the
** value of another option it would be lost, and the run would not be a dry
** one. */
static bool is_option(const char *word) {
  if (strncmp(word, "--", 2) != 0) return false;
  return mk_option_of_name(word + 2, strcspn(word, "=") - 2) != NULL;
}

bool mk_option_refuse_value(const char *option, const char *value,
                            struct mk_fault *fault) {
  return mk_fault_say(fault,
                      "option '%s' needs a value, got the option '%s' (as a "
                      "value: %s=%s)",
                      option, value, option, value);
}

/* Parses the option at argv[*i]: "--name", "--name=VALUE" or "--name VALUE".
** Sets `*i` to the index of the option's last word in argv. */
static bool parse_long(struct parser *p, int *i) {
  int first = *i;
  const char *text = p->o->argv[*i] + 2;
  size_t len = strcspn(text, "=");
  const char *value = text[len] ? text + len + 1 : NULL;
  const struct mk_option *option = mk_option_of_name(text, len);
  char shown[64];
  if (!option && p->o->undo && !strcmp(text, "yes"))
    return mk_option_rules_refuse_yes(p->o->undo, p->fault);
  if (!option) return refuse_unknown(p, text - 2, len + 2, 2);
  snprintf(shown, sizeof shown, "--%s", option->name);
  if (value && !option->value)
    return mk_fault_say(p->fault, "option '%s' takes no value", shown);
  if (option->kind == MK_OPTIONAL && value && !*value)
    return mk_fault_say(p->fault, "option '%s=' needs a value", shown);
  if (!value && takes_value(option)) {
    value = p->o->argv[++*i];
    if (!value)
      return mk_fault_say(p->fault, "option '%s' needs a value", shown);
    if (is_option(value)) return mk_option_refuse_value(shown, value, p->fault);
  }
  if (!store(p, option, shown, value)) return false;
  if (is_kept(option->name, value)) keep(p->o, first, *i);
  return true;
}

/* Parses the option at argv[*i]: "-i", "-eSTAT" or "-e STAT".  Sets `*i` to the
** index of the option's last word in argv.  As for the program lua, several
** letters after one dash are not allowed. */
static bool parse_letter(struct parser *p, int *i) {
  int first = *i;
  const char *text = p->o->argv[*i];
  const struct mk_option *option = mk_option_of_letter(text[1]);
  if (!option || (text[2] && !option->value))
    return refuse_unknown(p, text, strlen(text), 1);
  const char *value = text + 2;
  char shown[] = {'-', text[1], '\0'};
  if (option->value && !*value) {
    value = p->o->argv[++*i];
    if (!value)
      return mk_fault_say(p->fault, "option '%s' needs a value", shown);
  }
  if (!store(p, option, shown, value)) return false;
  if (strchr("lEW", text[1])) keep(p->o, first, *i);
  return true;
}

static bool parse_at(struct parser *p, int *i) {
  return p->o->argv[*i][1] == '-' ? parse_long(p, i) : parse_letter(p, i);
}

bool mk_option_parse_at(struct mk_options *o, int *i, struct mk_fault *fault) {
  struct parser p = {o, fault};
  return parse_at(&p, i);
}

bool mk_option_parse_all(struct mk_options *o, struct mk_fault *fault) {
  struct parser p = {o, fault};
  int i = 1;
  for (; i < o->argc; i++) {
    const char *text = o->argv[i];
    if (text[0] != '-' || !text[1]) break; /* SCRIPT, which may be "-" */
    if (!strcmp(text, "--")) {
      i++;
      o->ended = true;
      break;
    }
    if (!parse_at(&p, &i)) return false;
  }
  if (i < o->argc) o->script = i;
  return true;
}
