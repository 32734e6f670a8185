/* site.h - what is known about the servers of a run.
**
** Whether a server speaks HTTP/2 shows in its TLS handshake.  Until the first
** one is over, further exchanges wait: over HTTP/2 they share its connection,
** over HTTP/1.1 each of them opens one of its own, all at the same time.
** SPDX-License-Identifier: MIT */
#ifndef MK_SITE_H
#define MK_SITE_H

#include <stdbool.h>

/* One for each origin, in a list, the one used last at its head. */
struct mk_site {
  char *origin;
  struct mk_site *next;
  const void *scout; /* whose handshake will tell, or NULL */
  double since;      /* when it set out */
  bool known;
  bool shares; /* many exchanges on one connection: HTTP/2 */
};

/* NULL when memory ends. */
struct mk_site *mk_site_find(struct mk_site **list, const char *origin);

void mk_site_free_all(struct mk_site **list);

/* May `who` begin now?  The first one to ask becomes the scout; nobody waits
** for one that is slow.  `now` is in seconds, on any clock. */
bool mk_site_enter(struct mk_site *s, const void *who, double now);

/* It is through; if it was the scout, nobody waits for another. */
void mk_site_leave(struct mk_site *s, const void *who);

/* The handshake is over. */
void mk_site_learn(struct mk_site *s, bool shares);

#endif
