/* request_turn.c - decides when an exchange may begin.  The first exchange with
** a server finds out the address and the protocol of the server.  Other
** exchanges wait until both are known.
** SPDX-License-Identifier: MIT */
#include "base/redact_fit.h"
#include "http/request.h"
#include "http/request_impl.h"

#include <fcntl.h>

/* Returns true if an exchange has waited longer than its time limits. */
static bool is_late(const struct mk_http *h, double waited) {
  double limit = h->opts.timeout - h->spent;
  return waited >= limit || waited >= h->opts.connect_timeout;
}

/* Makes this exchange fail with the lookup error of the first exchange. */
static void fail_lookup(struct mk_http *h) {
  const struct mk_site *site = h->site;
  mk_redact_print(h->curl_error, sizeof h->curl_error, "%s", site->error);
  mk_http_explain_end(h, site->failure);
}

/* Ends the wait of an exchange, because the first exchange has ended or a time
** limit has passed. */
static void end_wait(struct mk_http *h, double waited) {
  bool late = is_late(h, waited);
  bool over = h->ends != h->site->ends;
  h->spent += waited;
  h->waits = 0;
  if (over && h->site->failure)
    fail_lookup(h);
  else if (late)
    mk_http_explain_end(h, CURLE_OPERATION_TIMEDOUT);
  else if (!mk_http_set_hop(h))
    mk_http_fail(h, "memory", "not enough memory");
}

/* Returns the seconds that this hop has left to connect. */
static double patience_of(const struct mk_http *h) {
  double left = h->opts.timeout - h->spent;
  return left < h->opts.connect_timeout ? left : h->opts.connect_timeout;
}

/* Returns the seconds to wait for the handshake of another exchange.  A far
** server needs several round trips for that, and a new connection would not be
** ready earlier.  Only a handshake that hangs is not waited for. */
static double handshake_patience(const struct mk_http *h) {
  return h->opts.timeout < 1 ? 0 : patience_of(h) / 2;
}

static bool must_wait(struct mk_http *h, double now) {
  bool over = h->waits > 0 && h->ends != h->site->ends;
  if (over || (h->waits > 0 && is_late(h, now - h->waits)) ||
      mk_site_enter(h->site, h, now, handshake_patience(h)))
    return false;
  if (h->waits == 0) {
    h->waits = now;
    h->ends = h->site->ends;
  }
  return true;
}

/* Returns true if libcurl must open a new connection.  After a response that
** was cut, libcurl keeps the dead connection for about a second and would reuse
** it. */
static bool needs_fresh(struct mk_site *site, double now) {
  enum { SECONDS = 2 };
  if (site->cut) site->fresh_until = now + SECONDS;
  site->cut = false;
  return now < site->fresh_until;
}

void mk_http_keep_addresses(struct mk_http *h) {
  curl_easy_setopt(h->easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
}

/* CURLOPT_PIPEWAIT makes the exchange wait for a connection that another
** exchange is opening, if the exchanges can share it. */
bool mk_http_enter(struct mk_http *h, double now) {
  struct mk_site *site = h->site;
  if (must_wait(h, now)) return false;
  if (h->waits > 0) end_wait(h, now - h->waits);
  if (!h->code && mk_site_is_full(site)) return false;
  mk_site_begin(site, h, now, patience_of(h));
  if (h->code) return true;
  curl_easy_setopt(h->easy, CURLOPT_DNS_CACHE_TIMEOUT,
                   site->first == h ? 0L : -1L);
  curl_easy_setopt(h->easy, CURLOPT_FRESH_CONNECT,
                   needs_fresh(site, now) ? 1L : 0L);
  curl_easy_setopt(h->easy, CURLOPT_HTTP_VERSION,
                   site->plain ? (long)CURL_HTTP_VERSION_1_1
                               : (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(h->easy, CURLOPT_PIPEWAIT,
                   site->shares && h->opts.timeout >= 1 ? 1L : 0L);
  return true;
}

void mk_http_leave(struct mk_http *h) {
  mk_site_leave(h->site, h);
}

void mk_http_share_failure(struct mk_http *h, int curl_code) {
  if (curl_code == CURLE_COULDNT_RESOLVE_HOST ||
      curl_code == CURLE_COULDNT_RESOLVE_PROXY)
    mk_site_not_found(h->site, h, curl_code, h->curl_error);
}

void mk_http_note_refusal(struct mk_http *h) {
  long number = 0;
  if (curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &number) ||
      number >= h->refusal)
    return;
  h->refusal = number;
  h->refused = true;
}

/* Sets FD_CLOEXEC, because a command that the script starts must not inherit
** the socket. */
int mk_http_on_socket(void *arg, curl_socket_t fd, curlsocktype purpose) {
  struct mk_http *h = arg;
  (void)purpose;
  mk_site_found(h->site, h);
  mk_http_keep_addresses(h);
  mk_http_note_refusal(h);
  return fcntl(fd, F_SETFD, FD_CLOEXEC) ? CURL_SOCKOPT_ERROR : CURL_SOCKOPT_OK;
}
