/* option_rules.c - which options go together.
** SPDX-License-Identifier: MIT */
#include "host/option_rules.h"

#include "base/fault.h"
#include "host/option_files.h"
#include "host/option_set.h"

#include <stdarg.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static bool
refuse(struct mk_fault *f, const char *format, ...) {
  va_list args;
  va_start(args, format);
  mk_fault_say_list(f, format, args);
  va_end(args);
  return false;
}

bool mk_option_rules_refuse_yes(const char *file, struct mk_fault *fault) {
  return refuse(fault, "--undo asks; to answer before: mkrun undo --yes %s",
                file);
}

static bool check_plan(struct mk_options *o, struct mk_fault *f) {
  o->dry_run = o->dry_run || o->plan_out;
  if (o->output && !o->dry_run)
    return refuse(f, "option '--output' goes with --dry-run; that of a flow "
                     "stands behind its name: mkrun FLOW --output FORMAT");
  if (o->output && strcmp(o->output, "text") && strcmp(o->output, "json"))
    return refuse(f, "option '--output': 'text' or 'json' expected, got '%s'",
                  o->output);
  if (o->apply && o->dry_run)
    return refuse(f, "--apply and --dry-run: not both");
  if (o->dry_run && (o->journal || o->resume))
    return refuse(f, "--dry-run writes nothing: without --journal, --resume");
  if (o->apply && o->resume) return refuse(f, "--apply and --resume: not both");
  if (o->apply && (o->script || o->interactive || mk_options_has(o, 'e') ||
                   mk_options_has(o, 'l')))
    return refuse(f, "--apply: what is run is in the plan");
  return true;
}

static bool check_together(struct mk_options *o, struct mk_fault *f) {
  if (o->undo && !strcmp(o->undo, "--yes"))
    return mk_option_rules_refuse_yes(o->script ? o->argv[o->script] : "FILE",
                                      f);
  if (o->script && (o->list || o->show || o->version || o->undo))
    return refuse(f, "unexpected argument '%s'", o->argv[o->script]);
  if (o->script && !*o->argv[o->script])
    return refuse(f, "SCRIPT is an empty text");
  if (o->faults && !o->sandbox)
    return refuse(f, "option '--faults' works with --sandbox only");
  if (o->replay && (o->audit || o->journal || o->resume || o->undo))
    return refuse(f, "--replay writes nothing: without --journal, --resume, "
                     "--undo, --audit");
  if (o->replay && o->sandbox)
    return refuse(f, "--replay and --sandbox cannot both answer");
  if (o->undo && (o->resume || o->apply))
    return refuse(f, "--undo goes without --resume and --apply");
  if (o->journal && o->resume)
    return refuse(f, "--resume goes on in its own FILE: without --journal");
  return check_plan(o, f);
}

static bool check_files(const struct mk_options *o, struct mk_fault *fault) {
  const struct mk_option_file list[] = {
      {"sandbox", o->sandbox}, {"audit", o->audit},   {"journal", o->journal},
      {"resume", o->resume},   {"record", o->record}, {"plan-out", o->plan_out},
  };
  return mk_option_files_check(list, sizeof list / sizeof *list, fault);
}

bool mk_option_rules_check(struct mk_options *o, struct mk_fault *fault) {
  return check_together(o, fault) && check_files(o, fault);
}
