/* request.c - an HTTP exchange: creates and frees the exchange, reports why it
** failed, and reads the response.
** SPDX-License-Identifier: MIT */
#include "http/request.h"

#include "base/lack.h"
#include "base/redact_fit.h"
#include "http/error.h"
#include "http/request_impl.h"

#include <stdlib.h>
#include <string.h>

#define PROXY 80 /* limit for the proxy in a message, in bytes */

struct mk_http *mk_http_new(struct mk_http_session *env) {
  struct mk_http *h = calloc(1, sizeof *h);
  if (!h) return NULL;
  h->env = env;
  h->easy = curl_easy_init();
  if (h->easy && mk_http_set_always(h)) return h;
  curl_easy_cleanup(h->easy);
  free(h);
  return NULL;
}

/* Frees the header fields.  Wipes them first, because a field may contain the
** token. */
static void free_fields(struct mk_http *h) {
  if (h->fields_end) *h->fields_end = NULL;
  for (struct curl_slist *f = h->fields; f; f = f->next)
    explicit_bzero(f->data, strlen(f->data));
  curl_slist_free_all(h->fields);
}

/* Frees what the next exchange cannot use. */
static void clear(struct mk_http *h) {
  free_fields(h);
  mk_client_cert_free(&h->identity);
  mk_url_free(&h->url);
  mk_packed_free(&h->packed);
}

void mk_http_free(struct mk_http *h) {
  if (!h) return;
  curl_easy_cleanup(h->easy);
  clear(h);
  mk_buf_free(&h->head);
  mk_buf_free(&h->body);
  free(h);
}

static long info_long(const struct mk_http *h, CURLINFO info) {
  long value = 0;
  if (curl_easy_getinfo(h->easy, info, &value)) return 0;
  return value;
}

/* An exchange with an OS error is not kept: curl_easy_reset keeps that error,
** and mk_http_note_refusal would think that the next exchange had it. */
bool mk_http_renew(struct mk_http *h) {
  enum { LARGE = 64 * 1024 }; /* a buffer that is not worth keeping */
  if (h->code || info_long(h, CURLINFO_OS_ERRNO) || h->body.cap > LARGE ||
      h->head.cap > LARGE)
    return false;
  curl_easy_reset(h->easy);
  clear(h);
  mk_buf_wipe(&h->head); /* an answer may contain a secret */
  mk_buf_wipe(&h->body);
  *h = (struct mk_http){
      .env = h->env, .easy = h->easy, .head = h->head, .body = h->body};
  return mk_http_set_always(h);
}

void mk_http_fail(struct mk_http *h, const char *code, const char *text) {
  h->code = code;
  mk_redact_print(h->error, sizeof h->error, "%s", text);
}

void *mk_http_handle(struct mk_http *h) {
  return h->easy;
}

void mk_http_set_owner(struct mk_http *h, void *owner) {
  h->owner = owner;
}

void *mk_http_owner(const struct mk_http *h) {
  return h->owner;
}

/* Returns the time of a phase of the current hop, in seconds. */
static double info_seconds(const struct mk_http *h, CURLINFO info) {
  curl_off_t us = 0;
  if (curl_easy_getinfo(h->easy, info, &us) || us < 0) return 0;
  return (double)us / 1e6;
}

double mk_http_hop_time(const struct mk_http *h) {
  return info_seconds(h, CURLINFO_TOTAL_TIME_T);
}

/* Appends the proxy to the message, because the URL does not show that a proxy
** was used.  Leaves out the user and password of the proxy. */
static void name_proxy(struct mk_http *h) {
  const char *proxy = mk_http_session_proxy(h->env, &h->url);
  const char *begin = strstr(proxy, "://");
  begin = begin ? begin + 3 : proxy;
  size_t len = strcspn(begin, "/?#");
  const char *at = memrchr(begin, '@', len);
  if (at) len -= (size_t)(at + 1 - begin);
  if (at) begin = at + 1;
  char shown[PROXY + 1];
  mk_redact_fit(shown, sizeof shown, begin, len);
  size_t used = strlen(h->error);
  mk_redact_print(h->error + used, sizeof h->error - used, " (proxy %s)",
                  shown);
}

/* libcurl cuts a message that is longer than its buffer.  Removes the whole
** message then, because redaction would not recognize a secret that was cut,
** and the place where such a secret begins must not show.  The general words
** for the error take its place. */
static void drop_cut_message(struct mk_http *h) {
  if (strlen(h->curl_error) + 1 == sizeof h->curl_error) *h->curl_error = '\0';
}

void mk_http_explain_end(struct mk_http *h, int curl_code) {
  mk_http_note_refusal(h);
  drop_cut_message(h);
  struct mk_http_facts facts = {
      .curl = curl_code,
      .curl_text = h->curl_error,
      .sent = h->sendings > 0,
      .resend = h->resend,
      .refused = h->refused,
      .identified = h->identity.cert.data,
      .proxied = info_long(h, CURLINFO_USED_PROXY) != 0,
      .head_full = h->head_full,
      .body_full = h->body_full,
      .no_memory = h->no_memory,
      .packed_wrong = h->packed.wrong,
      .elapsed = h->spent + mk_http_hop_time(h),
      .timeout = h->opts.timeout,
      .connect_timeout = h->opts.connect_timeout,
      .max_body = h->opts.max_body,
      .max_headers = h->opts.max_headers,
      .verdict = &h->verdict,
  };
  h->code = mk_http_explain(&facts, h->error, sizeof h->error);
  if (h->site && !facts.sent) mk_site_forget(h->site);
  const char *lack = mk_lack((int)info_long(h, CURLINFO_OS_ERRNO));
  if (!facts.sent && lack)
    mk_redact_print(h->error, sizeof h->error, "%s", lack);
  if (facts.proxied && !facts.sent && strcmp(h->code, "memory") != 0)
    name_proxy(h);
}

/* Returns true if the connection closed in the middle of the header.  libcurl
** reports such a response as complete. */
static bool is_cut(const struct mk_http *h) {
  return !h->head_whole || mk_http_status(h) < 200;
}

static bool is_unpacked(const struct mk_http *h) {
  return h->unpacking != MK_UNPACK || !h->packed.begun || h->packed.ended;
}

bool mk_http_again(struct mk_http *h, int curl_code) {
  if (curl_code != CURLE_OK) {
    mk_http_explain_end(h, curl_code);
    mk_http_share_failure(h, curl_code);
    return false;
  }
  if (is_cut(h)) {
    h->site->cut = true;
    mk_http_fail(h, "closed", "connection closed before the answer was whole");
    return false;
  }
  if (!is_unpacked(h)) {
    mk_http_fail(h, "protocol",
                 "the packed answer (Content-Encoding) ends too early");
    return false;
  }
  if (!mk_http_follow(h)) return false;
  if (h->spent >= h->opts.timeout)
    mk_http_explain_end(h, CURLE_OPERATION_TIMEDOUT);
  else if (!mk_http_set_hop(h))
    mk_http_fail(h, "memory", "not enough memory");
  return !h->code;
}

const char *mk_http_error(const struct mk_http *h) {
  return h->code ? h->error : NULL;
}

const char *mk_http_code(const struct mk_http *h) {
  return h->code;
}

const char *mk_http_shown_url(const struct mk_http *h) {
  return h->url.shown ? h->url.shown : "";
}

const char *mk_http_url(const struct mk_http *h) {
  const char *url = h->url.public;
  if (!h->url.has_password)
    curl_easy_getinfo(h->easy, CURLINFO_EFFECTIVE_URL, &url);
  return url ? url : "";
}

int mk_http_status(const struct mk_http *h) {
  return (int)info_long(h, CURLINFO_RESPONSE_CODE);
}

const char *mk_http_version(const struct mk_http *h) {
  switch (info_long(h, CURLINFO_HTTP_VERSION)) {
  case CURL_HTTP_VERSION_1_0: return "1.0";
  case CURL_HTTP_VERSION_2_0: return "2";
  default: return "1.1";
  }
}

const char *mk_http_body(const struct mk_http *h, size_t *len) {
  *len = h->body.len;
  return h->body.data ? h->body.data : "";
}

size_t mk_http_bytes(const struct mk_http *h) {
  curl_off_t bytes = 0;
  if (curl_easy_getinfo(h->easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes)) return 0;
  return bytes > 0 ? (size_t)bytes : 0;
}

struct mk_http_time mk_http_time(const struct mk_http *h) {
  return (struct mk_http_time){
      .connect = info_seconds(h, CURLINFO_CONNECT_TIME_T),
      .tls = info_seconds(h, CURLINFO_APPCONNECT_TIME_T),
      .first_byte = h->spent + info_seconds(h, CURLINFO_STARTTRANSFER_TIME_T),
      .total = h->spent + mk_http_hop_time(h),
  };
}

const struct mk_certificate *mk_http_certificate(const struct mk_http *h) {
  const struct mk_certificate *seen = &h->verdict.certificate;
  return *seen->expires ? seen : NULL;
}

const char *mk_http_head(const struct mk_http *h, size_t *len) {
  *len = h->head.len;
  return h->head.data ? h->head.data : "";
}

/* The functions below read the header fields of the response, one line for each
** field. */

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim(const char **text, size_t *len) {
  while (*len > 0 && is_blank(**text)) (*text)++, (*len)--;
  while (*len > 0 && is_blank((*text)[*len - 1])) (*len)--;
}

/* Returns the start of the next line, or `end`. */
static const char *next_line(const char *line, const char *end) {
  const char *stop = memchr(line, '\n', (size_t)(end - line));
  return stop ? stop + 1 : end;
}

bool mk_http_next_field(const char *head, size_t len, const char **at,
                        struct mk_http_field *f) {
  const char *end = head + len;
  if (!*at && len > 0) *at = next_line(head, end); /* skips the status line */
  for (const char *line; (line = *at) && line < end;) {
    *at = next_line(line, end);
    const char *colon = memchr(line, ':', (size_t)(*at - line));
    if (!colon) continue;
    *f = (struct mk_http_field){line, colon + 1, (size_t)(colon - line),
                                (size_t)(*at - colon - 1)};
    trim(&f->name, &f->name_len);
    trim(&f->value, &f->value_len);
    return true;
  }
  return false;
}
