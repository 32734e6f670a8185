/* near_check.c - prints which of the names on its command line is near the
** first, one word a line: near_check WANTED NAME...
**
** Compiled by near_spec.lua together with src/base/closest_name.c.
** SPDX-License-Identifier: MIT */
#include "base/closest_name.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  struct mk_closest_name near = {.wanted = argv[1], .len = strlen(argv[1])};
  for (int i = 2; i < argc; i++) mk_closest_name_try(&near, argv[i]);
  puts(near.found ? near.found : "none");
  return 0;
}
