/* option_files.c - checks the files that mkrun writes for its options.
** SPDX-License-Identifier: MIT */
#include "host/option_files.h"

#include "base/fault.h"

#include <string.h>

static bool is_alone(const struct mk_option_file *list,
                     const struct mk_option_file *o, struct mk_fault *fault) {
  for (const struct mk_option_file *other = list; other < o; other++) {
    if (!other->path || strcmp(other->path, o->path) != 0) continue;
    mk_fault_say(fault, "--%s and --%s: '%s' cannot be both", other->name,
                 o->name, o->path);
    return false;
  }
  return true;
}

bool mk_option_files_check(const struct mk_option_file *list, size_t count,
                           struct mk_fault *fault) {
  for (size_t i = 0; i < count; i++) {
    const char *path = list[i].path;
    if (!path || !*path) continue;
    if (!strcmp(path, "-")) {
      mk_fault_say(fault, "option '--%s': file expected, got '-': ./- is one",
                   list[i].name);
      return false;
    }
    if (!is_alone(list, &list[i], fault)) return false;
  }
  return true;
}
