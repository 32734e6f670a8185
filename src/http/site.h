/* site.h - what is known about the servers of a run.
**
** The first exchange with a server goes alone.  It looks up the name, which
** libcurl would do once for each exchange, and its TLS handshake shows whether
** the server speaks HTTP/2.  Then the others share its connection, or over
** HTTP/1.1 each of them opens its own, all at the same time.
**
** CURLOPT_PIPEWAIT alone does not do that: over HTTP/1.1 it waits for the first
** answer.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_SITE_H
#define MK_HTTP_SITE_H

#include <stdbool.h>

/* One for each origin, in a list, the one used last at its head. */
struct mk_site {
  char *origin;
  struct mk_site *next;
  bool tls;
  bool known;         /* its address, and whether it speaks HTTP/2 */
  double until;       /* how long that counts; 0: not decided */
  const void *first;  /* the exchange that finds out, or NULL */
  bool found;         /* it has the address */
  double since;       /* others have waited for its handshake; 0: none has */
  unsigned ends;      /* how often one found the address, or that there is none,
                       * and then no more */
  int failure;        /* CURLcode of the last one's lookup, or 0 */
  char error[256];    /* and what libcurl says of it */
  bool shares;        /* many exchanges on one connection: HTTP/2 */
  bool plain;         /* it wants HTTP/1.1, although it speaks HTTP/2 */
  bool cut;           /* an answer was, so that connection is dead */
  double fresh_until; /* until when libcurl does not look whether one is */
};

/* NULL when memory ends. */
struct mk_site *mk_site_find(struct mk_site **list, const char *origin);

void mk_site_free_all(struct mk_site **list);

/* May `who` begin now?  When nothing is known, one becomes the first, and
** others wait: for the address, but not longer than `patience` for the
** handshake.  `now` and `patience` are in seconds, `now` on any clock. */
bool mk_site_enter(struct mk_site *s, const void *who, double now,
                   double patience);

/* `who` has the address, or libcurl's error says that it has none. */
void mk_site_found(struct mk_site *s, const void *who);
void mk_site_not_found(struct mk_site *s, const void *who, int failure,
                       const char *error);

/* A connection can be used. */
void mk_site_learn(struct mk_site *s, bool shares);

/* Nobody answered: its address may be another now. */
void mk_site_forget(struct mk_site *s);

/* `who` is through; if it was the first, nobody waits for it any more. */
void mk_site_leave(struct mk_site *s, const void *who);

#endif
