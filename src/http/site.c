/* site.c - what is known about the servers of a run.
** SPDX-License-Identifier: MIT */
#include "http/site.h"

#include "base/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE 0.3 /* seconds for a handshake */

static struct mk_site *new_site(const char *origin) {
  struct mk_site *s = calloc(1, sizeof *s);
  if (s) s->origin = strdup(origin);
  if (s) s->tls = !strncmp(origin, "https:", 6);
  if (s) s->known = !s->tls;
  if (s && s->origin) return s;
  free(s);
  return NULL;
}

/* Out of the list; NULL when there is none. */
static struct mk_site *take(struct mk_site **list, const char *origin) {
  for (; *list; list = &(*list)->next) {
    struct mk_site *s = *list;
    if (strcmp(s->origin, origin) != 0) continue;
    *list = s->next;
    return s;
  }
  return NULL;
}

struct mk_site *mk_site_find(struct mk_site **list, const char *origin) {
  struct mk_site *s = take(list, origin);
  if (!s) s = new_site(origin);
  if (!s) return NULL;
  s->next = *list;
  *list = s;
  return s;
}

void mk_site_free_all(struct mk_site **list) {
  while (*list) {
    struct mk_site *s = *list;
    *list = s->next;
    free(s->origin);
    free(s);
  }
}

bool mk_site_enter(struct mk_site *s, const void *who, double now) {
  if (s->known || s->scout == who) return true;
  if (!s->scout) s->since = 0;
  if (s->since == 0) s->since = now;
  if (s->scout) return now - s->since >= PATIENCE;
  s->scout = who;
  return true;
}

void mk_site_leave(struct mk_site *s, const void *who) {
  if (s->lookup == who) s->lookup = NULL;
  if (s->scout == who) mk_site_learn(s, false);
}

void mk_site_learn(struct mk_site *s, bool shares) {
  s->known = true;
  s->shares = shares;
  s->scout = NULL;
}

bool mk_site_look_up(struct mk_site *s, const void *who) {
  if (s->lookup && s->lookup != who) return false;
  s->lookup = who;
  return true;
}

void mk_site_found(struct mk_site *s, const void *who) {
  if (s->lookup != who) return;
  s->lookup = NULL;
  s->since = 0; /* that was not the handshake */
}

void mk_site_not_found(struct mk_site *s, const void *who, int failure,
                       const char *error) {
  if (s->lookup != who) return;
  s->failures++;
  s->failure = failure;
  mk_redact_print(s->error, sizeof s->error, "%s", error);
}

void mk_site_step_back(struct mk_site *s, const void *who) {
  if (s->scout == who) s->scout = NULL;
}
