/* options.c - parses the command line of mkrun.
**
** One table of options drives the parser, --help and the hints.
** SPDX-License-Identifier: MIT */
#include "host/options.h"

#include "base/closest_name.h"
#include "host/option_rules.h"
#include "host/option_value.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum kind { FLAG, TEXT, OPTIONAL, SECONDS, COUNT, SIZE, ACTION };

struct option {
  char letter;       /* 0: long form only */
  const char *name;  /* NULL: letter only */
  const char *value; /* name of the value in --help; NULL: no value */
  enum kind kind;
  size_t field; /* offset in struct mk_options; not for ACTION */
  const char *help;
};

#define FIELD(name) offsetof(struct mk_options, name)

static const struct option options[] = {
    {'e', NULL, "STAT", ACTION, 0, "run the statement STAT"},
    {'l', NULL, "MOD", ACTION, 0,
     "require MOD into the global of that name; G=MOD into the global G"},
    {'i', NULL, NULL, FLAG, FIELD(interactive), "prompt after the script"},
    {'v', NULL, NULL, FLAG, FIELD(banner), "print the version, then go on"},
    {'E', NULL, NULL, FLAG, FIELD(no_env),
     "ignore LUA_INIT, LUA_PATH, LUA_CPATH and MKRUN_LUA"},
    {'W', NULL, NULL, ACTION, 0, "turn warnings on"},
    {0, "sandbox", "FILE", OPTIONAL, FIELD(sandbox),
     "no network: a built-in model of the API answers; its state is kept in "
     "FILE"},
    {0, "faults", "FILE", TEXT, FIELD(faults),
     "have requests to the sandbox fail as the plan in FILE says"},
    {0, "base-url", "URL", TEXT, FIELD(base_url),
     "the API (default https://app.mk.io)"},
    {0, "token-file", "FILE", TEXT, FIELD(token_file),
     "read the API token from FILE, or from standard input when FILE is -"},
    {0, "cacert", "FILE", TEXT, FIELD(cacert),
     "trust the certificates of this PEM file and no others"},
    {0, "timeout", "SECONDS", SECONDS, FIELD(timeout),
     "for one request, from start to end (default 30)"},
    {0, "max-rate", "N", COUNT, FIELD(max_rate),
     "at most N requests a minute, evenly spaced; the API's own limits are "
     "kept to in any case"},
    {0, "max-memory", "SIZE", SIZE, FIELD(max_memory),
     "what the script's data may take, e.g. 256M (default: no limit)"},
    {0, "dry-run", NULL, FLAG, FIELD(dry_run),
     "send nothing but reads; print what SCRIPT would change"},
    {0, "output", "FORMAT", TEXT, FIELD(output),
     "print the plan of --dry-run as text (default) or json"},
    {0, "plan-out", "FILE", TEXT, FIELD(plan_out),
     "--dry-run, and keep the plan in FILE"},
    {0, "apply", "FILE", TEXT, FIELD(apply),
     "do what the plan in FILE says, unless something has changed since"},
    {0, "journal", "FILE", TEXT, FIELD(journal),
     "keep a journal of what is written to the API in FILE, a new file"},
    {0, "resume", "FILE", TEXT, FIELD(resume),
     "go on after a crash: the run that has its journal in FILE again, with "
     "its options, SCRIPT and arguments unless others are given"},
    {0, "undo", "FILE", TEXT, FIELD(undo),
     "take back what the run did that has its journal in FILE; as the flow "
     "undo, which says more"},
    {0, "audit", "FILE", TEXT, FIELD(audit),
     "add a line to FILE for each write: who, what, before, after; the flow "
     "audit-verify checks it"},
    {0, "record", "FILE", TEXT, FIELD(record),
     "keep all requests and answers in FILE (HAR 1.2), without secrets"},
    {0, "replay", "FILE", TEXT, FIELD(replay),
     "no network: the HAR file FILE answers"},
    {0, "trace", NULL, FLAG, FIELD(trace),
     "one line per request on standard error; a traceback with an error"},
    {0, "list", NULL, FLAG, FIELD(list), "list the built-in flows"},
    {0, "show", "NAME", TEXT, FIELD(show),
     "print the source of a built-in flow, or of a file such as "
     "examples/onboard.json"},
    {'h', "help", NULL, FLAG, FIELD(help),
     "print this, or the help of SCRIPT when there is one"},
    {0, "version", NULL, FLAG, FIELD(version),
     "print all versions, and which certificates are trusted"},
};

#define OPTION_COUNT (sizeof options / sizeof *options)

static const struct {
  const char *name, *text;
} environment[] = {
    {"MKIO_TOKEN", "the API token; scripts and their children never see it"},
    {"MKIO_BASE_URL", "as --base-url"},
    {"MKIO_PROJECT", "the project of why-403 and org:project() unless told"},
    {"NO_COLOR", "no colours, also on a terminal"},
    {"SSL_CERT_FILE", "as --cacert, which comes first"},
    {"SSL_CERT_DIR", "folders of trusted certificates, as A:B"},
    {"MKRUN_LUA", "folder to take mkrun's own Lua modules from"},
};

struct parser {
  struct mk_options *o;
  struct mk_fault *fault;
};

__attribute__((format(printf, 2, 3))) static bool
refuse(struct parser *p, const char *format, ...) {
  va_list args;
  va_start(args, format);
  mk_fault_say_list(p->fault, format, args);
  va_end(args);
  return false;
}

static const struct option *find_letter(char letter) {
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (letter && options[i].letter == letter) return &options[i];
  return NULL;
}

static const struct option *find_name(const char *name, size_t len) {
  for (size_t i = 0; i < OPTION_COUNT; i++) {
    const char *own = options[i].name;
    if (own && strlen(own) == len && !memcmp(own, name, len))
      return &options[i];
  }
  return NULL;
}

/* Returns "version" for "V" if no other name begins so, else NULL. */
static const char *only_name_with(char letter) {
  const char *found = NULL;
  for (size_t i = 0; i < OPTION_COUNT; i++) {
    const char *name = options[i].name;
    if (!name || *name != tolower((unsigned char)letter)) continue;
    if (found) return NULL;
    found = name;
  }
  return found;
}

/* `typed` has `len` bytes; the first `dashes` of them are dashes.  A wrong
** number of dashes, as in "-dry-run", also gets a hint. */
static bool refuse_unknown(struct parser *p, const char *typed, size_t len,
                           size_t dashes) {
  struct mk_closest_name near = {.wanted = typed + dashes, .len = len - dashes};
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (options[i].name) mk_closest_name_try(&near, options[i].name);
  if (!near.found && len == 2) near.found = only_name_with(typed[1]);
  if (len == 7 && !memcmp(typed, "--token", 7))
    return refuse(p, "there is no option '--token', others could read the "
                     "token: set MKIO_TOKEN, or --token-file FILE");
  if (!near.found) return refuse(p, "unknown option '%.*s'", (int)len, typed);
  return refuse(p, "unknown option '%.*s', did you mean '--%s'?", (int)len,
                typed, near.found);
}

/* Stores one option; `shown` is how the user wrote it. */
static bool store(struct parser *p, const struct option *option,
                  const char *shown, const char *value) {
  void *field = (char *)p->o + option->field;
  switch (option->kind) {
  case FLAG: *(bool *)field = true; return true;
  case TEXT:
    if (!*value) return refuse(p, "option '%s' needs a value", shown);
    *(const char **)field = value;
    return true;
  case OPTIONAL: *(const char **)field = value ? value : ""; return true;
  case SECONDS:
    if (mk_value_seconds(value, field)) return true;
    return refuse(p, "option '%s': seconds above zero expected, got '%s'",
                  shown, value);
  case COUNT:
    if (mk_value_count(value, field)) return true;
    return refuse(p, "option '%s': number from 1 to 1000000 expected, got '%s'",
                  shown, value);
  case SIZE:
    if (mk_value_size(value, field)) return true;
    return refuse(p, "option '%s': size such as 256M expected, got '%s'", shown,
                  value);
  case ACTION:
    p->o->actions[p->o->action_count++] =
        (struct mk_action){option->letter, value};
    return true;
  }
  return true;
}

static bool takes_value(const struct option *option) {
  return option->value && option->kind != OPTIONAL;
}

/* Returns true if --resume uses this option again.  Not for standard input,
** which can be read only once. */
static bool is_kept(const char *name, const char *value) {
  static const char *const kept[] = {"sandbox",    "base-url", "token-file",
                                     "cacert",     "timeout",  "max-rate",
                                     "max-memory", "audit"};
  if (value && !strcmp(value, "-")) return false;
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    if (!strcmp(kept[i], name)) return true;
  return false;
}

static void keep(struct mk_options *o, int first, int last) {
  for (int i = first; i <= last; i++) o->kept[o->kept_count++] = o->argv[i];
}

/* Parses "--name", "--name=VALUE" or "--name VALUE".  Sets *i to the last word
** that belongs to it. */
static bool parse_long(struct parser *p, int *i) {
  int first = *i;
  const char *text = p->o->argv[*i] + 2;
  size_t len = strcspn(text, "=");
  const char *value = text[len] ? text + len + 1 : NULL;
  const struct option *option = find_name(text, len);
  char shown[64];
  if (!option && p->o->undo && !strcmp(text, "yes"))
    return mk_option_rules_refuse_yes(p->o->undo, p->fault);
  if (!option) return refuse_unknown(p, text - 2, len + 2, 2);
  snprintf(shown, sizeof shown, "--%s", option->name);
  if (value && !option->value)
    return refuse(p, "option '%s' takes no value", shown);
  if (option->kind == OPTIONAL && value && !*value)
    return refuse(p, "option '%s=' needs a value", shown);
  if (!value && takes_value(option)) {
    value = p->o->argv[++*i];
    if (!value) return refuse(p, "option '%s' needs a value", shown);
  }
  if (!store(p, option, shown, value)) return false;
  if (is_kept(option->name, value)) keep(p->o, first, *i);
  return true;
}

/* Parses "-i", "-eSTAT" or "-e STAT".  As in lua, letters cannot be joined. */
static bool parse_letter(struct parser *p, int *i) {
  int first = *i;
  const char *text = p->o->argv[*i];
  const struct option *option = find_letter(text[1]);
  if (!option || (text[2] && !option->value))
    return refuse_unknown(p, text, strlen(text), 1);
  const char *value = text + 2;
  char shown[] = {'-', text[1], '\0'};
  if (option->value && !*value) {
    value = p->o->argv[++*i];
    if (!value) return refuse(p, "option '%s' needs a value", shown);
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
    if (text[0] != '-' || !text[1]) break; /* a script, or "-" */
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

static bool make_room(struct mk_options *o, size_t actions, size_t kept) {
  o->actions = calloc(actions + 1, sizeof *o->actions);
  o->kept = calloc(kept + 1, sizeof *o->kept);
  return o->actions && o->kept;
}

bool mk_options_parse(struct mk_options *o, int argc, char **argv,
                      struct mk_fault *fault) {
  struct parser p = {o, fault};
  memset(o, 0, sizeof *o);
  o->argc = argc;
  o->argv = argv;
  if (!make_room(o, (size_t)argc, (size_t)argc)) return mk_fault_memory(fault);
  return parse_all(&p) && mk_option_rules_check(o, fault);
}

static size_t width(const struct option *option) {
  switch (option->kind) {
  case FLAG: return sizeof(bool);
  case TEXT:
  case OPTIONAL: return sizeof(char *);
  case SECONDS: return sizeof(double);
  case COUNT:
  case SIZE: return sizeof(size_t);
  case ACTION: return 0;
  }
  return 0;
}

/* What `base` says counts where `o` says nothing. */
static void inherit(struct mk_options *o, const struct mk_options *base,
                    const struct option *option) {
  static const char nothing[sizeof(double)];
  char *field = (char *)o + option->field;
  if (!memcmp(field, nothing, width(option)))
    memcpy(field, (const char *)base + option->field, width(option));
}

static void add_lists(struct mk_options *o, const struct mk_options *from) {
  for (size_t i = 0; i < from->action_count; i++)
    o->actions[o->action_count++] = from->actions[i];
  for (size_t i = 0; i < from->kept_count; i++)
    o->kept[o->kept_count++] = from->kept[i];
}

bool mk_options_join(struct mk_options *o, const struct mk_options *base,
                     const struct mk_options *own, struct mk_fault *fault) {
  *o = *own;
  o->action_count = o->kept_count = 0;
  if (!make_room(o, base->action_count + own->action_count,
                 base->kept_count + own->kept_count))
    return mk_fault_memory(fault);
  add_lists(o, base);
  add_lists(o, own);
  for (size_t i = 0; i < OPTION_COUNT; i++) inherit(o, base, &options[i]);
  return mk_option_rules_check(o, fault);
}

void mk_options_free(struct mk_options *o) {
  free(o->actions);
  free(o->kept);
  o->actions = NULL;
  o->kept = NULL;
}

const char *mk_options_name(size_t i) {
  if (i >= OPTION_COUNT) return NULL;
  return options[i].name ? options[i].name : "";
}

void mk_options_usage(FILE *out) {
  fputs("usage: mkrun [options] [SCRIPT [arguments]]", out);
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (options[i].name && !strcmp(options[i].name, "help"))
      fprintf(out, " (--%s lists the options)", options[i].name);
  fputc('\n', out);
}

#define INDENT 24 /* column of the help texts */
#define WIDTH 79

/* Prints `text` from column INDENT on, wrapped at WIDTH. */
static void print_wrapped(FILE *out, int column, const char *text) {
  if (column >= INDENT) {
    fputc('\n', out);
    column = 0;
  }
  fprintf(out, "%*s", INDENT - column, "");
  for (column = INDENT; *text;) {
    int len = (int)strcspn(text, " ");
    if (column > INDENT && column + 1 + len > WIDTH)
      column = fprintf(out, "\n%*s", INDENT, "") - 1;
    else if (column > INDENT)
      column += fprintf(out, " ");
    column += fprintf(out, "%.*s", len, text);
    text += len;
    text += strspn(text, " ");
  }
  fputc('\n', out);
}

static int print_names(FILE *out, const struct option *option) {
  int column = fprintf(out, "  ");
  if (option->letter) column += fprintf(out, "-%c", option->letter);
  if (option->letter && option->name) column += fprintf(out, ", ");
  if (option->name) column += fprintf(out, "--%s", option->name);
  if (!option->value) return column;
  if (option->kind == OPTIONAL)
    return column + fprintf(out, "[=%s]", option->value);
  return column + fprintf(out, " %s", option->value);
}

void mk_options_help(FILE *out) {
  fputs("usage: mkrun [options] [SCRIPT [arguments]]\n\n"
        "Runs a Lua script against the MK.IO Management API.  SCRIPT is a "
        "file, the name\nof a built-in flow (see --list), or - for standard "
        "input.  Without SCRIPT there\nis a prompt on a terminal; otherwise "
        "standard input is run.\n\n`mkrun help` lists the topics of the manual "
        "and the flows.\n\nOptions:\n",
        out);
  for (size_t i = 0; i < OPTION_COUNT; i++)
    print_wrapped(out, print_names(out, &options[i]), options[i].help);
  fputs("  --                    end of the options\n\nEnvironment:\n", out);
  for (size_t i = 0; i < sizeof environment / sizeof *environment; i++) {
    int column = fprintf(out, "  %s", environment[i].name);
    print_wrapped(out, column, environment[i].text);
  }
  fputs("\nExit codes: 0 done, 1 the script failed, 2 wrong usage, 3 something "
        "to change\n(--dry-run); 128 + N ended by signal N (130 interrupted, "
        "143 terminated).\n",
        out);
}
