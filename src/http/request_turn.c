/* request_turn.c - when an exchange may begin, and what it waits for.
** SPDX-License-Identifier: MIT */
#include "base/redact.h"
#include "http/request.h"
#include "http/request_impl.h"

#include <fcntl.h>
#include <stdio.h>

/* Its time runs while it waits. */
static bool is_late(const struct mk_http *h, double waited) {
  double limit = h->opts.timeout - h->spent;
  return waited >= limit || waited >= h->opts.connect_timeout;
}

/* As if the lookup had been its own: that of an exchange that was sent before
** means something else. */
static void fail_lookup(struct mk_http *h) {
  const struct mk_site *site = h->site;
  mk_redact_print(h->curl_error, sizeof h->curl_error, "%s", site->error);
  mk_http_explain_end(h, site->failure);
}

/* The lookup that it waited for is over, or its own time is. */
static void end_wait(struct mk_http *h, double waited) {
  bool late = is_late(h, waited);
  h->spent += waited;
  h->waits = 0;
  if (h->failures != h->site->failures)
    fail_lookup(h);
  else if (late)
    mk_http_explain_end(h, CURLE_OPERATION_TIMEDOUT);
  else if (!mk_http_set_hop(h))
    mk_http_fail(h, "memory", "not enough memory");
}

static void begin_wait(struct mk_http *h, double now) {
  if (h->waits > 0) return;
  h->waits = now;
  h->failures = h->site->failures;
}

/* libcurl keeps the connection of an answer that was cut, and sends what comes
** within a second by it. */
static bool needs_fresh(struct mk_site *site, double now) {
  enum { SECONDS = 2 };
  if (site->cut) site->fresh_until = now + SECONDS;
  site->cut = false;
  return now < site->fresh_until;
}

/* PIPEWAIT: later on it waits for a new connection only if it can share it. */
bool mk_http_enter(struct mk_http *h, double now) {
  struct mk_site *site = h->site;
  if (site->lookup) begin_wait(h, now);
  if (site->lookup && !is_late(h, now - h->waits)) return false;
  if (h->waits > 0) end_wait(h, now - h->waits);
  bool waits = site->tls && h->opts.timeout >= 1;
  if (h->code) return true;
  if (waits && !mk_site_enter(site, h, now)) return false;
  curl_easy_setopt(h->easy, CURLOPT_DNS_CACHE_TIMEOUT, site->moved ? 0L : 60L);
  curl_easy_setopt(h->easy, CURLOPT_FRESH_CONNECT,
                   needs_fresh(site, now) ? 1L : 0L);
  curl_easy_setopt(h->easy, CURLOPT_HTTP_VERSION,
                   site->plain ? (long)CURL_HTTP_VERSION_1_1
                               : (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(h->easy, CURLOPT_PIPEWAIT, waits && site->shares ? 1L : 0L);
  h->begun = true;
  return true;
}

void mk_http_leave(struct mk_http *h) {
  mk_site_leave(h->site, h);
}

bool mk_http_must_wait(struct mk_http *h) {
  if (!h->put_back) return false;
  h->put_back = false;
  h->spent += mk_http_hop_time(h);
  h->begun = false;
  h->curl_error[0] = '\0';
  mk_site_step_back(h->site, h);
  return true;
}

void mk_http_share_failure(struct mk_http *h, int curl_code) {
  if (curl_code == CURLE_COULDNT_RESOLVE_HOST ||
      curl_code == CURLE_COULDNT_RESOLVE_PROXY)
    mk_site_not_found(h->site, h, curl_code, h->curl_error);
}

/* libcurl forgets a refusal when it gets the exchange again. */
int mk_http_on_lookup(void *state, void *reserved, void *arg) {
  struct mk_http *h = arg;
  (void)state, (void)reserved;
  mk_http_note_refusal(h);
  h->put_back = !mk_site_look_up(h->site, h);
  return h->put_back;
}

void mk_http_note_refusal(struct mk_http *h) {
  long number = 0;
  if (curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &number) ||
      number >= h->refusal)
    return;
  h->refusal = number;
  h->refused = true;
}

/* A command that the script starts does not get the connections. */
int mk_http_on_socket(void *arg, curl_socket_t fd, curlsocktype purpose) {
  struct mk_http *h = arg;
  (void)purpose;
  mk_site_found(h->site, h);
  mk_http_note_refusal(h);
  return fcntl(fd, F_SETFD, FD_CLOEXEC) ? CURL_SOCKOPT_ERROR : CURL_SOCKOPT_OK;
}
