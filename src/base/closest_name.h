/* closest_name.h - finds the known name that is closest to a misspelled one.
**
** Used for the "did you mean" hints about options, tags and scripts.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CLOSEST_NAME_H
#define MK_BASE_CLOSEST_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Initialize with {.wanted = text, .len = its length}. */
struct mk_closest_name {
  const char *wanted;
  size_t len;
  const char *found; /* the closest name so far; NULL when none is close */
  size_t apart;      /* distance between `wanted` and `found` */
};

/* Is a name near `wanted`, and how far is it apart?  Near are names with a
** third of the characters wrong, missing, too many, or in the wrong order, one
** at least; and, behind those, names that are a part of `wanted`, or it of
** them.  None is with more than 256 characters. */
bool mk_closest_name_measure(const char *wanted, size_t wanted_len,
                             const char *name, size_t len, size_t *apart);

/* Looks at one more name, which has to outlive `near`. */
void mk_closest_name_try(struct mk_closest_name *near, const char *name);

#endif
