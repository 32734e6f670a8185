/* options.c - parses the command line of mkrun.
** SPDX-License-Identifier: MIT */
#include "host/options.h"

#include "host/option_after.h"
#include "host/option_parse.h"
#include "host/option_rules.h"
#include "host/option_table.h"

#include <stdlib.h>
#include <string.h>

static bool make_room(struct mk_options *o, size_t actions, size_t allows,
                      size_t likes, size_t named, size_t kept) {
  o->actions = calloc(actions + 1, sizeof *o->actions);
  o->allows = calloc(allows + 1, sizeof *o->allows);
  o->likes = calloc(likes + 1, sizeof *o->likes);
  o->named = calloc(named + 1, sizeof *o->named);
  o->kept = calloc(kept + 1, sizeof *o->kept);
  return o->actions && o->allows && o->likes && o->named && o->kept;
}

bool mk_options_parse(struct mk_options *o, int argc, char **argv,
                      struct mk_fault *fault) {
  memset(o, 0, sizeof *o);
  o->argc = argc;
  o->argv = argv;
  size_t room = (size_t)argc;
  if (!make_room(o, room, room, room, room, room))
    return mk_fault_memory(fault);
  return mk_option_parse_all(o, fault) && mk_option_after_parse(o, fault) &&
         mk_option_rules_check(o, fault) &&
         mk_option_rules_check_allows(o, fault);
}

static size_t width(const struct mk_option *option) {
  switch (option->kind) {
  case MK_FLAG: return sizeof(bool);
  case MK_TEXT:
  case MK_NAMED:
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
  for (size_t i = 0; i < from->named_count; i++)
    o->named[o->named_count++] = from->named[i];
  for (size_t i = 0; i < from->kept_count; i++)
    o->kept[o->kept_count++] = from->kept[i];
}

bool mk_options_join(struct mk_options *o, const struct mk_options *base,
                     const struct mk_options *own, struct mk_fault *fault) {
  *o = *own;
  o->words = NULL; /* of `own` */
  o->action_count = o->allow_count = o->like_count = o->named_count =
      o->kept_count = 0;
  if (!make_room(o, base->action_count + own->action_count,
                 base->allow_count + own->allow_count,
                 base->like_count + own->like_count,
                 base->named_count + own->named_count,
                 base->kept_count + own->kept_count))
    return mk_fault_memory(fault);
  add_lists(o, base);
  for (size_t i = 0; i < o->named_count; i++) o->named[i].is_recalled = true;
  add_lists(o, own);
  const struct mk_option *option;
  for (size_t i = 0; (option = mk_option_at(i)); i++) inherit(o, base, option);
  return mk_option_rules_check(o, fault);
}

void mk_options_free(struct mk_options *o) {
  free(o->actions);
  free(o->allows);
  free(o->likes);
  free(o->named);
  free(o->kept);
  free(o->words);
  o->words = NULL;
  o->allows = NULL;
  o->likes = NULL;
  o->named = NULL;
  o->actions = NULL;
  o->kept = NULL;
}
