/* closest_name.h - which of some names somebody may have meant.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CLOSEST_NAME_H
#define MK_BASE_CLOSEST_NAME_H

#include <stddef.h>

/* {.wanted = text, .len = its length} to begin with. */
struct mk_closest_name {
  const char *wanted;
  size_t len;
  const char *found; /* the nearest name so far; NULL when none is near */
  size_t apart;      /* and how far it is */
};

/* Looks at one more name, which has to outlive `near`.  Near are names with a
** third of the characters wrong, missing, too many, or in the wrong order, one
** at least; and, behind those, names that are a part of `wanted`, or it of
** them. */
void mk_closest_name_try(struct mk_closest_name *near, const char *name);

#endif
