/* site.h - what is known about the servers of a run.
**
** Whether a server speaks HTTP/2 shows in its TLS handshake.  Until the first
** one is over, further exchanges wait: over HTTP/2 they share its connection,
** over HTTP/1.1 each of them opens one of its own, all at the same time.
**
** libcurl looks up a name in a thread, one for each exchange that needs it at
** that moment: so only one may, and the others wait for what it finds.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_SITE_H
#define MK_HTTP_SITE_H

#include <stdbool.h>

/* One for each origin, in a list, the one used last at its head. */
struct mk_site {
  char *origin;
  struct mk_site *next;
  bool tls;
  const void *scout; /* whose handshake will tell, or NULL */
  double since;      /* when it set out; 0: now */
  bool known;
  bool shares;        /* many exchanges on one connection: HTTP/2 */
  bool plain;         /* it wants HTTP/1.1, although it speaks HTTP/2 */
  bool moved;         /* nobody answered: its address may be another now */
  bool cut;           /* an answer was, so that connection is dead */
  double fresh_until; /* until when libcurl does not look whether one is */
  const void *lookup; /* who looks up its name, or NULL */
  unsigned failures;  /* of lookups */
  int failure;        /* CURLcode of the last of them */
  char error[256];    /* and what libcurl says of it */
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

/* `who` needs the address: false when another one looks it up already. */
bool mk_site_look_up(struct mk_site *s, const void *who);

/* It has found it, or has not. */
void mk_site_found(struct mk_site *s, const void *who);
void mk_site_not_found(struct mk_site *s, const void *who, int failure,
                       const char *error);

/* It has to begin again later. */
void mk_site_step_back(struct mk_site *s, const void *who);

#endif
