/* site.h - stores facts about each server that a run uses.
**
** The first exchange with a server runs alone.  It looks up the host name,
** because otherwise libcurl would look up the name for each exchange.  The TLS
** handshake of the first exchange shows if the server supports HTTP/2.  With
** HTTP/2, the other exchanges then share the first connection.
**
** With HTTP/1.1, each exchange uses a connection of its own.  At most 16 of
** these exchanges run at the same time, or as many as a script asks for.  The
** others wait for a free connection.  request_turn.c calls this file.
**
** The option CURLOPT_PIPEWAIT of libcurl is not enough: with HTTP/1.1, it would
** make the other exchanges wait for the first response.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_SITE_H
#define MK_HTTP_SITE_H

#include <stdbool.h>

/* The facts about one server.  Each origin has one such struct.  The structs
** are in a list, the last used one first.  Times are in seconds. */
struct mk_site {
  char *origin; /* "https://host:port" */
  struct mk_site *next;
  bool tls;     /* true if the scheme of the origin is https */
  bool known;   /* the address and the protocol are known */
  double until; /* time when `known` expires; 0: not set yet */
  /* the first exchange with this server while it runs, or NULL */
  const void *first;
  bool found;   /* the exchange `first` has found the address of the server */
  double began; /* time when `first` began to look up the host name */
  double patience; /* seconds that the lookup may take */
  bool told;       /* the user was told that the lookup takes long */
  /* time when other exchanges began to wait for the handshake of `first`, or
  ** 0 */
  double since;
  /* number of first exchanges that ended after their lookup, but before their
  ** handshake */
  unsigned ends;
  int failure;     /* CURLcode of the last failed lookup, or 0 */
  char error[256]; /* libcurl's message for `failure` */
  bool shares; /* exchanges can share a connection, because it uses HTTP/2 */
  unsigned running; /* number of exchanges that have begun and not ended */
  /* the greatest `running` if exchanges cannot share a connection; 0: any */
  unsigned most;
  bool plain;         /* use HTTP/1.1, although the server supports HTTP/2 */
  bool cut;           /* a response was cut, so its connection is dead */
  double fresh_until; /* until this time, exchanges open new connections */
};

/* Returns the site of an origin, and makes it the first of the list.  Creates
** the site if necessary.  Returns NULL if out of memory. */
struct mk_site *mk_site_find(struct mk_site **list, const char *origin);

/* Frees all sites of the list. */
void mk_site_free_all(struct mk_site **list);

/* Returns true if the exchange `who` may begin now.  If the server is not
** known, the first exchange begins and the other exchanges wait.  They wait
** until the first exchange has found the address, and then at most `patience`
** seconds for its handshake.  `now` is in seconds, of any clock that never
** jumps. */
bool mk_site_enter(struct mk_site *s, const void *who, double now,
                   double patience);

/* Returns true if no more exchanges with the server may begin now. */
bool mk_site_is_full(const struct mk_site *s);

/* Call this function when the exchange `who` begins at the time `now`.
** `patience` is the number of seconds that the lookup of the name may take. */
void mk_site_begin(struct mk_site *s, const void *who, double now,
                   double patience);

/* Returns the site of a list whose name has been looked up for at least
** `seconds`, or NULL.  Returns each lookup only once. */
struct mk_site *mk_site_slow(struct mk_site *list, double now, double seconds);

/* Call this function when the exchange `who` has found the address of the
** server. */
void mk_site_found(struct mk_site *s, const void *who);

/* Call this function when the exchange `who` has found no address.  `failure`
** is the CURLcode and `error` is libcurl's message. */
void mk_site_not_found(struct mk_site *s, const void *who, int failure,
                       const char *error);

/* Call this function when a connection to the server is ready.  `shares` is
** true if the connection uses HTTP/2. */
void mk_site_learn(struct mk_site *s, bool shares);

/* Call this function when no connection was possible, because the address of
** the server may have changed. */
void mk_site_forget(struct mk_site *s);

/* Call this function when the exchange `who`, which has begun, has ended.  If
** it was the first exchange with the server, the other exchanges no longer wait
** for it. */
void mk_site_leave(struct mk_site *s, const void *who);

#endif
