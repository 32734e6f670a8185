/* url.h - parses a URL into the parts that requests, messages and checks need.
** The files in src/http, lua/http_response.c and host/resume.c call this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_URL_H
#define MK_HTTP_URL_H

#include <stdbool.h>

struct mk_url {
  char *scheme; /* "http" or "https" */
  char *host;   /* host in lower case; an IPv6 address is in brackets */
  char *port;   /* port in decimal; the default port if the URL has none */
  char *path;   /* path, which begins with "/" */
  char *origin; /* "https://host:port", always with a port */
  char *shown;  /* URL for messages, without user, query and default port */
  char *public; /* if has_password: the URL without user, password, fragment */
  bool has_password; /* the URL contains a user name or a password */
  char *block;       /* memory of all these strings */
  void *parsed;      /* CURLU * of libcurl: the URL without its fragment */
};

/* The error message "not enough memory".  Callers compare its address. */
extern const char mk_url_no_memory[];

/* Parses a URL.  If the URL cannot be used, sets `fault` to the reason and
** returns false.  The reason is mk_url_no_memory or what is wrong with the URL.
** `fault` may be NULL.  Free `u` with mk_url_free in both cases. */
bool mk_url_parse(struct mk_url *u, const char *text, const char **fault);

/* Frees the strings of a URL and clears `u`. */
void mk_url_free(struct mk_url *u);

/* Returns true if the host is localhost or a loopback address.  Does not look
** up the host name. */
bool mk_url_is_loopback(const struct mk_url *u);

#endif
