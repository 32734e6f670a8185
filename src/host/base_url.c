/* base_url.c - checks the base URL of an API.
** SPDX-License-Identifier: MIT */
#include "host/base_url.h"

#include <string.h>
#include <strings.h>

/* Returns the part of the URL after "https://" or "http://".  Returns NULL if
** the URL begins with neither. */
static const char *after_scheme(const char *url) {
  if (!strncasecmp(url, "https://", 8)) return url + 8;
  if (!strncasecmp(url, "http://", 7)) return url + 7;
  return NULL;
}

static const char *fault_of(const char *url) {
  const char *host = after_scheme(url);
  if (!host) return "URL that begins with https:// or http:// expected";
  for (const char *p = url; *p; p++)
    if (*p <= ' ' || *p > '~')
      return "blank or other invalid character in the URL";
  if (strchr(host, '?') || strchr(host, '#'))
    return "URL without a query expected";
  size_t len = strcspn(host, "/");
  if (memchr(host, '@', len)) return "URL without a user name expected";
  if (len == 0 || *host == ':') return "host name expected in the URL";
  return NULL;
}

char *mk_base_url_of(const char *url, const char *from,
                     struct mk_fault *fault) {
  const char *wrong = fault_of(url);
  if (wrong) {
    mk_fault_say(fault, "%s: %s", from, wrong);
    return NULL;
  }
  size_t len = strlen(url);
  while (url[len - 1] == '/') len--;
  char *copy = strndup(url, len);
  if (!copy) mk_fault_memory(fault);
  return copy;
}
