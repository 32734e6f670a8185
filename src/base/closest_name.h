/* closest_name.h - finds the known name that is closest to a misspelled one.
**
** Used for the "did you mean" hints about options, tags and scripts.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CLOSEST_NAME_H
#define MK_BASE_CLOSEST_NAME_H

#include <stddef.h>

/* Initialize with {.wanted = text, .len = its length}. */
struct mk_closest_name {
  const char *wanted;
  size_t len;
  const char *found; /* the closest name so far; NULL when none is close */
  size_t apart;      /* distance between `wanted` and `found` */
};

/* Compares one more name, which must outlive `near`.  A name is close if at
** most a third of its characters (one at least) are wrong, missing, extra or
** swapped.  A name that contains `wanted`, or is contained in it, is close too,
** but ranks behind those. */
void mk_closest_name_try(struct mk_closest_name *near, const char *name);

#endif
