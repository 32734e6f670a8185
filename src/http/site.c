/* site.c - stores facts about each server that a run uses.
** SPDX-License-Identifier: MIT */
#include "http/site.h"

#include "base/redact_fit.h"

#include <stdlib.h>
#include <string.h>

#define SECONDS 60 /* seconds until a host name is looked up again */

static struct mk_site *new_site(const char *origin) {
  struct mk_site *s = calloc(1, sizeof *s);
  if (s) s->origin = strdup(origin);
  if (s) s->tls = !strncmp(origin, "https:", 6);
  if (s && s->origin) return s;
  free(s);
  return NULL;
}

/* Removes the site of an origin from the list and returns the site.  Returns
** NULL if the list has no site for this origin. */
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

static bool is_known(struct mk_site *s, double now) {
  if (s->until == 0) s->until = now + SECONDS;
  return s->known && now < s->until;
}

static void go_first(struct mk_site *s, const void *who) {
  s->first = who;
  s->known = s->found = false;
  s->failure = 0;
}

/* Returns the number of seconds that other exchanges have waited for the
** handshake of the first exchange. */
static double handshake_time(struct mk_site *s, double now) {
  if (s->since == 0) s->since = now;
  return now - s->since;
}

bool mk_site_enter(struct mk_site *s, const void *who, double now,
                   double patience) {
  if (is_known(s, now) || s->first == who) return true;
  if (s->first) return s->found && handshake_time(s, now) >= patience;
  go_first(s, who);
  return true;
}

bool mk_site_is_full(const struct mk_site *s) {
  return s->known && !s->shares && s->most > 0 && s->running >= s->most;
}

void mk_site_begin(struct mk_site *s, const void *who, double now,
                   double patience) {
  s->running++;
  if (s->first != who) return;
  s->began = now;
  s->patience = patience;
  s->told = false;
}

struct mk_site *mk_site_slow(struct mk_site *list, double now, double seconds) {
  for (struct mk_site *s = list; s; s = s->next) {
    if (!s->first || s->found || s->told || now - s->began < seconds) continue;
    s->told = true;
    return s;
  }
  return NULL;
}

void mk_site_found(struct mk_site *s, const void *who) {
  if (s->first != who || s->found) return;
  s->found = true;
  s->since = 0;
  if (!s->tls) mk_site_learn(s, false);
}

void mk_site_not_found(struct mk_site *s, const void *who, int failure,
                       const char *error) {
  if (s->first != who) return;
  s->failure = failure;
  mk_redact_print(s->error, sizeof s->error, "%s", error);
}

void mk_site_learn(struct mk_site *s, bool shares) {
  if (!s->known) s->until = 0;
  s->known = true;
  s->shares = shares;
  s->first = NULL;
}

void mk_site_forget(struct mk_site *s) {
  s->known = false;
}

void mk_site_leave(struct mk_site *s, const void *who) {
  if (s->running > 0) s->running--;
  if (s->first != who) return;
  s->first = NULL;
  if (s->found || s->failure) s->ends++;
}
