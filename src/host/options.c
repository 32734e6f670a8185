/* options.c - parses the command line of mkrun.
** SPDX-License-Identifier: MIT */
#include "host/options.h"

#include "base/closest_name.h"
#include "host/option_rules.h"
#include "host/option_table.h"
#include "host/option_value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
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
                        "could read the token: set MKIO_TOKEN, or use "
                        "--token-file FILE");
  if (!near.found)
    return mk_fault_say(p->fault, "unknown option '%.*s'%s", (int)len, typed,
                        dashes == 2 ? place_of(p->o, typed) : "");
  return mk_fault_say(p->fault, "unknown option '%.*s', did you mean '--%s'?",
                      (int)len, typed, near.found);
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

/* Returns true if a journal stores this option, so that --resume uses the
** option again.  An option with the value "-" is not stored, because standard
** input can be read only once. */
static bool is_kept(const char *name, const char *value) {
  static const char *const kept[] = {
      "sandbox",  "base-url",   "token-file", "cacert", "timeout",
      "max-rate", "max-memory", "audit",      "jobs",   "confine"};
  if (!strncmp(name, "allow-", strlen("allow-"))) return true;
  if (value && !strcmp(value, "-")) return false;
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    if (!strcmp(kept[i], name)) return true;
  return false;
}

static void keep(struct mk_options *o, int first, int last) {
  for (int i = first; i <= last; i++) o->kept[o->kept_count++] = o->argv[i];
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

static bool parse_all(struct parser *p) {
  struct mk_options *o = p->o;
  int i = 1;
  for (; i < o->argc; i++) {
    const char *text = o->argv[i];
    if (text[0] != '-' || !text[1]) break; /* SCRIPT, which may be "-" */
    if (!strcmp(text, "--")) {
      i++;
      break;
    }
    bool good = text[1] == '-' ? parse_long(p, &i) : parse_letter(p, &i);
    if (!good) return false;
  }
  if (i < o->argc) o->script = i;
  return true;
}

static bool make_room(struct mk_options *o, size_t actions, size_t allows,
                      size_t likes, size_t kept) {
  o->actions = calloc(actions + 1, sizeof *o->actions);
  o->allows = calloc(allows + 1, sizeof *o->allows);
  o->likes = calloc(likes + 1, sizeof *o->likes);
  o->kept = calloc(kept + 1, sizeof *o->kept);
  return o->actions && o->allows && o->likes && o->kept;
}

bool mk_options_parse(struct mk_options *o, int argc, char **argv,
                      struct mk_fault *fault) {
  struct parser p = {o, fault};
  memset(o, 0, sizeof *o);
  o->argc = argc;
  o->argv = argv;
  size_t room = (size_t)argc;
  if (!make_room(o, room, room, room, room)) return mk_fault_memory(fault);
  return parse_all(&p) && mk_option_rules_check(o, fault) &&
         mk_option_rules_check_allows(o, fault);
}

static size_t width(const struct mk_option *option) {
  switch (option->kind) {
  case MK_FLAG: return sizeof(bool);
  case MK_TEXT:
  case MK_OPTIONAL: return sizeof(char *);
  case MK_SECONDS: return sizeof(double);
  case MK_COUNT:
  case MK_SIZE: return sizeof(size_t);
  case MK_ALLOW:
  case MK_LIKE:
  case MK_ACTION: return 0;
  }
  return 0;
}

/* Copies the option's value from `base` to `o`, unless the option was given in
** `o`. */
static void inherit(struct mk_options *o, const struct mk_options *base,
                    const struct mk_option *option) {
  static const char nothing[sizeof(double)];
  char *field = (char *)o + option->field;
  if (!memcmp(field, nothing, width(option)))
    memcpy(field, (const char *)base + option->field, width(option));
}

static void add_lists(struct mk_options *o, const struct mk_options *from) {
  for (size_t i = 0; i < from->action_count; i++)
    o->actions[o->action_count++] = from->actions[i];
  for (size_t i = 0; i < from->allow_count; i++)
    o->allows[o->allow_count++] = from->allows[i];
  for (size_t i = 0; i < from->like_count; i++)
    o->likes[o->like_count++] = from->likes[i];
  for (size_t i = 0; i < from->kept_count; i++)
    o->kept[o->kept_count++] = from->kept[i];
}

bool mk_options_join(struct mk_options *o, const struct mk_options *base,
                     const struct mk_options *own, struct mk_fault *fault) {
  *o = *own;
  o->action_count = o->allow_count = o->like_count = o->kept_count = 0;
  if (!make_room(o, base->action_count + own->action_count,
                 base->allow_count + own->allow_count,
                 base->like_count + own->like_count,
                 base->kept_count + own->kept_count))
    return mk_fault_memory(fault);
  add_lists(o, base);
  add_lists(o, own);
  const struct mk_option *option;
  for (size_t i = 0; (option = mk_option_at(i)); i++) inherit(o, base, option);
  return mk_option_rules_check(o, fault);
}

void mk_options_free(struct mk_options *o) {
  free(o->actions);
  free(o->allows);
  free(o->likes);
  free(o->kept);
  o->allows = NULL;
  o->likes = NULL;
  o->actions = NULL;
  o->kept = NULL;
}
