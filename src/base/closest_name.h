/* closest_name.h - finds the known name that is most similar to a misspelled
** name.
**
** Used for the "did you mean" hints about options, tags and scripts.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CLOSEST_NAME_H
#define MK_BASE_CLOSEST_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* The state of one search.  Initialize `wanted` with the misspelled name, `len`
** with its length in bytes, and the other fields with zero. */
struct mk_closest_name {
  const char *wanted;
  size_t len;
  /* The most similar name found up to now.  NULL if no name was similar. */
  const char *found;
  /* The distance between `wanted` and `found`. */
  size_t apart;
};

/* Returns true if `name` is similar to `wanted`, and then sets `*apart` to the
** distance between the two names.  A smaller distance means more similar.
**
** The distance is the number of characters that are wrong, missing, added or
** swapped.  Two names are similar if the distance is at most 1 or at most a
** third of the length of `wanted`.  Two names are also similar if one of them
** has at least 3 bytes and is a part of the other; then `*apart` is larger than
** for any other similar name.  Names longer than 256 bytes are never
** similar. */
bool mk_closest_name_measure(const char *wanted, size_t wanted_len,
                             const char *name, size_t len, size_t *apart);

/* Compares one more known name with near->wanted.  If the name is the most
** similar one up to now, stores it in near->found.  The string `name` must stay
** valid as long as `near` is used. */
void mk_closest_name_try(struct mk_closest_name *near, const char *name);

#endif
