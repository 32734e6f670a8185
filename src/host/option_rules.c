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

/* An option, as the user typed it. */
struct typed {
  const char *name;
  bool is_given;
};

/* Returns false and sets a message if an option of the list was given, which
** ends with a NULL name.  The message names that option alone.  `why` is "" or
** begins with ": ". */
static bool check_apart(const char *option, const struct typed *others,
                        const char *why, struct mk_fault *f) {
  for (; others->name; others++)
    if (others->is_given)
      return mk_fault_say(f, "%s cannot be used with %s%s", option,
                          others->name, why);
  return true;
}

/* --rights prints one JSON document in place of the plan. */
static bool check_rights(const struct mk_options *o, struct mk_fault *f) {
  const struct typed plans[] = {{"--plan-out", o->plan_out},
                                {"--apply", o->apply},
                                {"--output", o->output},
                                {NULL, false}};
  if (!check_apart("--rights", plans,
                   ": it prints one JSON document and no plan", f))
    return false;
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

/* Returns the option of a dry run: --plan-out makes one, too. */
static const char *dry_option(const struct mk_options *o) {
  return o->plan_out ? "--plan-out" : "--dry-run";
}

static bool check_dry_run(const struct mk_options *o, struct mk_fault *f) {
  const struct typed others[] = {
      {"--journal", o->journal}, {"--resume", o->resume}, {NULL, false}};
  return check_apart(dry_option(o), others, "", f);
}

static bool check_apply(const struct mk_options *o, struct mk_fault *f) {
  const struct typed others[] = {
      {dry_option(o), o->dry_run}, {"--resume", o->resume}, {NULL, false}};
  const struct typed scripts[] = {{"SCRIPT", o->script},
                                  {"-i", o->interactive},
                                  {"-e", mk_options_has(o, 'e')},
                                  {"-l", mk_options_has(o, 'l')},
                                  {NULL, false}};
  return check_apart("--apply", others, "", f) &&
         check_apart("--apply", scripts, ": it runs the script of the plan", f);
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
  if (o->apply && !check_apply(o, f)) return false;
  return !o->dry_run || check_dry_run(o, f);
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

static bool check_replay(const struct mk_options *o, struct mk_fault *f) {
  const struct typed others[] = {
      {"--journal", o->journal}, {"--resume", o->resume},   {"--undo", o->undo},
      {"--audit", o->audit},     {"--sandbox", o->sandbox}, {NULL, false}};
  return check_apart("--replay", others, "", f);
}

static bool check_undo(const struct mk_options *o, struct mk_fault *f) {
  const struct typed others[] = {
      {"--resume", o->resume}, {"--apply", o->apply}, {NULL, false}};
  return check_apart("--undo", others, "", f);
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
  if (o->replay && !check_replay(o, f)) return false;
  if (o->undo && !check_undo(o, f)) return false;
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
