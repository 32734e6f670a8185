/* redirect.c - follows redirects.  request.c calls this file.
**
** mkrun follows redirects only for GET and HEAD, and only to the same origin.
** For any other redirect, the script receives the response with the redirect.
** SPDX-License-Identifier: MIT */
#include "http/request.h"
#include "http/request_impl.h"

#include <string.h>

static bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

static bool move_to(struct mk_http *h, const char *location) {
  struct mk_url next;
  const char *wrong;
  bool ok = mk_url_parse(&next, location, &wrong) &&
            !strcmp(next.origin, h->url.origin);
  if (wrong == mk_url_no_memory) mk_http_fail(h, "memory", wrong);
  struct mk_url old = h->url;
  if (ok) h->url = next;
  mk_url_free(ok ? &old : &next);
  return ok;
}

bool mk_http_follow(struct mk_http *h) {
  char *location = NULL;
  if (!h->read_only || h->hops >= h->opts.redirects ||
      !is_redirect(mk_http_status(h)) ||
      curl_easy_getinfo(h->easy, CURLINFO_REDIRECT_URL, &location) || !location)
    return false;
  double spent = h->spent + mk_http_hop_time(h);
  if (!move_to(h, location)) return false;
  h->spent = spent;
  h->hops++;
  h->sendings = 0;
  h->refusal = 0;
  h->head_whole = false;
  h->unpacking = MK_UNDECIDED;
  mk_buf_clear(&h->head);
  mk_buf_clear(&h->body);
  return true;
}
