/* site.h - remembers what is known about each server of a run.
**
** The first exchange with a server runs alone.  It looks up the host name;
** otherwise libcurl would do that once for each exchange.  Its TLS handshake
** shows if the server supports HTTP/2.  With HTTP/2 the other exchanges then
** share its connection.  With HTTP/1.1 each opens its own connection, all at
** the same time.  request_turn.c calls this.
**
** CURLOPT_PIPEWAIT alone is not enough: with HTTP/1.1 it waits for the first
** response.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_SITE_H
#define MK_HTTP_SITE_H

#include <stdbool.h>

/* One server.  There is one for each origin, in a list with the last used
** server first.  Times are in seconds. */
struct mk_site {
  char *origin; /* "https://host:port" */
  struct mk_site *next;
  bool tls;           /* the origin is https */
  bool known;         /* the address and the protocol are known */
  double until;       /* time when `known` ends; 0: not set yet */
  const void *first;  /* the exchange that finds out, or NULL */
  bool found;         /* `first` has found the address */
  double since;       /* when others began to wait for its handshake, or 0 */
  unsigned ends;      /* first exchanges that ended after their lookup, but
                       * before their handshake */
  int failure;        /* CURLcode of the last failed lookup, or 0 */
  char error[256];    /* libcurl's message for `failure` */
  bool shares;        /* exchanges can share a connection: HTTP/2 */
  bool plain;         /* use HTTP/1.1, although the server supports HTTP/2 */
  bool cut;           /* a response was cut, so that connection is dead */
  double fresh_until; /* until then, exchanges open new connections */
};

/* Returns the site of an origin, and makes it the first of the list.  Creates
** the site if necessary.  Returns NULL if out of memory. */
struct mk_site *mk_site_find(struct mk_site **list, const char *origin);

/* Frees all sites of the list. */
void mk_site_free_all(struct mk_site **list);

/* Returns true if the exchange `who` may begin now.  If the server is not
** known, the first caller begins and the others wait.  They wait until the
** address is found, and at most `patience` seconds for the handshake.  `now` is
** in seconds, of any clock that never jumps. */
bool mk_site_enter(struct mk_site *s, const void *who, double now,
                   double patience);

/* Call when `who` has found the address. */
void mk_site_found(struct mk_site *s, const void *who);

/* Call when `who` has found no address.  `failure` is the CURLcode and `error`
** is libcurl's message. */
void mk_site_not_found(struct mk_site *s, const void *who, int failure,
                       const char *error);

/* Call when a connection is ready.  `shares`: it uses HTTP/2. */
void mk_site_learn(struct mk_site *s, bool shares);

/* Call when no connection was possible: the address may have changed. */
void mk_site_forget(struct mk_site *s);

/* Call when `who` has ended.  If `who` was the first exchange, the others no
** longer wait for it. */
void mk_site_leave(struct mk_site *s, const void *who);

#endif
