/* url.h - what the rest needs to know about a URL.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_URL_H
#define MK_HTTP_URL_H

#include <stdbool.h>

struct mk_url {
  char *scheme;      /* "http" or "https" */
  char *host;        /* lower case; an IPv6 address in brackets */
  char *port;        /* decimal, also when the URL names none */
  char *path;        /* begins with "/" */
  char *origin;      /* "https://host:port" */
  char *shown;       /* for messages: no user, no query, no default port */
  char *public;      /* the URL without user, password and fragment */
  char *sent;        /* the URL without its fragment */
  bool has_password; /* or a user name */
  char *block;       /* the memory of all these */
};

extern const char mk_url_no_memory[];

/* Takes a URL apart; false when it cannot be used, and then `fault` (or NULL)
** says why: mk_url_no_memory, or a fault of the URL.  Either way `u` has to be
** given to mk_url_free. */
bool mk_url_parse(struct mk_url *u, const char *text, const char **fault);

void mk_url_free(struct mk_url *u);

/* Does the host name this very machine?  No resolver is asked. */
bool mk_url_is_loopback(const struct mk_url *u);

#endif
