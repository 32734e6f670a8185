/* option_rules.c - checks that the given options can be used together.
** SPDX-License-Identifier: MIT */
#include "host/option_rules.h"

#include "base/fault.h"
#include "host/option_set.h"

#include <string.h>

bool mk_option_rules_refuse_yes(const char *file, struct mk_fault *fault) {
  return mk_fault_say(
      fault, "--undo asks first; without the question: mkrun undo --yes %s",
      file);
}

/* --rights prints one JSON document in place of the plan. */
static bool check_rights(const struct mk_options *o, struct mk_fault *f) {
  if (o->plan_out || o->apply || o->output)
    return mk_fault_say(f,
                        "--rights cannot be used with --plan-out, --apply or "
                        "--output: it prints one JSON document and no plan");
  if (!o->dry_run) return mk_fault_say(f, "option '--rights' needs --dry-run");
  if (!o->script && !o->help && !mk_options_has(o, 'e'))
    return mk_fault_say(f, "option '--rights' needs SCRIPT or -e: the rights "
                           "are those of its requests");
  return true;
}

/* Returns true for a format of a plan: see lua/mkrun/plan/init.lua. */
static bool is_format(const char *name) {
  static const char *const names[] = {"text", "json", "jsonl", "markdown",
                                      "html"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name, names[i])) return true;
  return false;
}

static bool check_plan(struct mk_options *o, struct mk_fault *f) {
  if (o->rights && !check_rights(o, f)) return false;
  o->dry_run = o->dry_run || o->plan_out;
  if (o->output && !o->dry_run)
    return mk_fault_say(f,
                        "option '--output' needs --dry-run; a flow's own "
                        "option follows its name: mkrun FLOW --output FORMAT");
  if (o->output && !is_format(o->output))
    return mk_fault_say(f,
                        "option '--output': 'text', 'json', 'jsonl', "
                        "'markdown' or 'html' expected, got '%s'",
                        o->output);
  if (o->apply && o->dry_run)
    return mk_fault_say(f, "--apply cannot be used with --dry-run");
  if (o->dry_run && (o->journal || o->resume))
    return mk_fault_say(f,
                        "--dry-run cannot be used with --journal or --resume");
  if (o->apply && o->resume)
    return mk_fault_say(f, "--apply cannot be used with --resume");
  if (o->apply && (o->script || o->interactive || mk_options_has(o, 'e') ||
                   mk_options_has(o, 'l')))
    return mk_fault_say(
        f, "--apply cannot be used with SCRIPT, -e, -l or -i: it runs the "
           "script of the plan");
  return true;
}

static bool check_version(const struct mk_options *o, struct mk_fault *f) {
  const char *extra = o->script ? o->argv[o->script + 1] : NULL;
  if (!extra || !mk_options_has_word(o, MK_VERSION_WORD) ||
      mk_options_ask_of_version(o))
    return true;
  return mk_fault_say(f, "version: no argument expected, got '%s'", extra);
}

/* Returns true for a format of --sbom: see lua/mkrun/tool/sbom/init.lua. */
static bool is_bill(const char *name) {
  return !*name || !strcmp(name, "cyclonedx") || !strcmp(name, "spdx");
}

static bool check_together(struct mk_options *o, struct mk_fault *f) {
  if (!check_version(o, f)) return false;
  if (o->undo && !strcmp(o->undo, "--yes"))
    return mk_option_rules_refuse_yes(o->script ? o->argv[o->script] : "FILE",
                                      f);
  if (o->script &&
      (o->list || o->show || o->sbom || o->types || o->version || o->undo))
    return mk_fault_say(f, "unexpected argument '%s'", o->argv[o->script]);
  if (o->script && !*o->argv[o->script])
    return mk_fault_say(f, "SCRIPT is empty");
  if (o->sbom && !is_bill(o->sbom))
    return mk_fault_say(f,
                        "option '--sbom': 'cyclonedx' or 'spdx' expected, got "
                        "'%s'",
                        o->sbom);
  if (o->types && !*o->types)
    return mk_fault_say(f, "option '--types' needs a value");
  if (o->needs && !o->list)
    return mk_fault_say(f, "option '--needs' works with --list only; the help "
                           "of a script has its needs: mkrun --help SCRIPT");
  if (o->like_count > 0 && !o->sandbox)
    return mk_fault_say(f, "option '--like' works with --sandbox only");
  if (o->faults && !o->sandbox)
    return mk_fault_say(f, "option '--faults' works with --sandbox only");
  if (o->replay && (o->audit || o->journal || o->resume || o->undo))
    return mk_fault_say(f, "--replay cannot be used with --journal, --resume, "
                           "--undo or --audit");
  if (o->replay && o->sandbox)
    return mk_fault_say(f, "--replay cannot be used with --sandbox");
  if (o->undo && (o->resume || o->apply))
    return mk_fault_say(f, "--undo cannot be used with --resume or --apply");
  if (o->journal && o->resume)
    return mk_fault_say(f, "--resume cannot be used with --journal: it "
                           "continues the journal that it reads");
  return check_plan(o, f);
}

/* An option for which mkrun writes a file, and the path of the file.  `path` is
** NULL or "" if the option was given without a file or not at all. */
struct output {
  const char *option, *path;
};

/* Returns false and sets a message if an earlier option in the list names the
** same file as `o`.  Each option would overwrite the file of the other. */
static bool is_alone(const struct output *list, const struct output *o,
                     struct mk_fault *f) {
  for (const struct output *other = list; other < o; other++)
    if (other->path && !strcmp(other->path, o->path))
      return mk_fault_say(f,
                          "--%s and --%s: two files expected, got '%s' twice",
                          other->option, o->option, o->path);
  return true;
}

static bool check_files(const struct mk_options *o, struct mk_fault *f) {
  const struct output list[] = {
      {"sandbox", o->sandbox}, {"audit", o->audit},   {"journal", o->journal},
      {"resume", o->resume},   {"record", o->record}, {"plan-out", o->plan_out},
  };
  for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
    const char *path = list[i].path;
    if (!path || !*path) continue;
    if (!strcmp(path, "-")) /* users may expect "-" to mean standard output */
      return mk_fault_say(f,
                          "option '--%s': file expected, got '-' (for a file "
                          "of that name: ./-)",
                          list[i].option);
    if (!is_alone(list, &list[i], f)) return false;
  }
  return true;
}

bool mk_option_rules_check_allows(const struct mk_options *o,
                                  struct mk_fault *f) {
  if (o->confine && *o->confine && strcmp(o->confine, "strict"))
    return mk_fault_say(
        f, "option '--confine': 'strict' or no value expected, got '%s'",
        o->confine);
  const char *other = o->resume ? "resume" : o->apply ? "apply" : NULL;
  if (other && o->allow_count > 0)
    return mk_fault_say(f,
                        "--allow-%s cannot be used with --%s, which allows "
                        "what the run before was allowed",
                        o->allows[0].what, other);
  return true;
}

bool mk_option_rules_check(struct mk_options *o, struct mk_fault *fault) {
  return check_together(o, fault) && check_files(o, fault);
}
