/* request_setup.c - prepares an exchange: checks the request, and sets the
** options of libcurl.
** SPDX-License-Identifier: MIT */
#include "http/alpn.h"
#include "http/credential.h"
#include "http/request.h"
#include "http/request_impl.h"
#include "versions.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#define USER_AGENT "mkrun/" MK_VERSION

static bool fail(struct mk_http *h, const char *code, const char *text) {
  mk_http_fail(h, code, text);
  return false;
}

/* The functions below handle the header fields of the request. */

static bool is_token(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (text[i] <= ' ' || text[i] > '~' ||
        strchr("\"(),/:;<=>?@[\\]{}", text[i]))
      return false;
  return len > 0;
}

bool mk_http_is_named(const struct mk_http_field *f, const char *name) {
  return strlen(name) == f->name_len &&
         !strncasecmp(f->name, name, f->name_len);
}

const char *mk_http_check_field(const struct mk_http_field *f) {
  static const char *const ours[] = {"content-length", "transfer-encoding",
                                     "host", "connection", "upgrade"};
  for (size_t i = 0; i < f->value_len; i++)
    if (strchr("\r\n", f->value[i])) /* strchr also finds a NUL byte */
      return "line break in a header";
  for (size_t i = 0; i < f->name_len; i++)
    if (strchr("\r\n", f->name[i])) return "line break in a header";
  if (!is_token(f->name, f->name_len)) return "not a header name";
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
    if (mk_http_is_named(f, ours[i])) return "a header that only mkrun may set";
  return NULL;
}

static bool add_line(struct mk_http *h, const char *line) {
  struct curl_slist *fields = curl_slist_append(h->fields, line);
  if (fields) h->fields = fields;
  return fields;
}

bool mk_http_add_field(struct mk_http *h, const struct mk_http_field *f) {
  struct mk_buf line;
  mk_buf_init(&line, SIZE_MAX / 2);
  /* libcurl reads "Name:" as "remove the field", and "Name;" as an empty
  ** field. */
  bool ok = mk_buf_add(&line, f->name, f->name_len) &&
            mk_buf_puts(&line, f->value_len > 0 ? ": " : ";") &&
            mk_buf_add(&line, f->value, f->value_len) && add_line(h, line.data);
  mk_buf_wipe(&line);
  mk_buf_free(&line);
  if (mk_http_is_named(f, "content-type")) h->has_type = true;
  if (mk_http_is_named(f, "accept-encoding")) h->has_encoding = true;
  if (mk_http_is_named(f, "user-agent")) h->has_agent = true;
  return ok;
}

bool mk_http_default_type(struct mk_http *h, const char *type) {
  struct mk_http_field f = {"Content-Type", type, 12, strlen(type)};
  return h->has_type || mk_http_add_field(h, &f);
}

/* The functions below are callbacks of libcurl. */

/* Stores one line of the response header.  Drops the header of a "100 Continue"
** when the header of the next response begins.  Appends the fields of a
** trailer. */
static size_t on_head(char *line, size_t size, size_t n, void *arg) {
  struct mk_http *h = arg;
  size_t len = size * n;
  bool status_line = len > 5 && !memcmp(line, "HTTP/", 5);
  if (h->head_ended && status_line) {
    mk_buf_clear(&h->head);
    h->head_whole = false;
  }
  h->head_ended = len > 0 && (line[0] == '\r' || line[0] == '\n');
  h->head_whole |= h->head_ended && line[len - 1] == '\n';
  return mk_http_keep(h, &h->head, line, len, &h->head_full)
             ? len
             : CURL_WRITEFUNC_ERROR;
}

/* Returns true if the server chose HTTP/2 in the TLS handshake. */
static bool speaks_http2(struct mk_http *h) {
  struct curl_tlssessioninfo *tls = NULL;
  if (curl_easy_getinfo(h->easy, CURLINFO_TLS_SSL_PTR, &tls) || !tls ||
      tls->backend != CURLSSLBACKEND_MBEDTLS || !tls->internals)
    return false;
  return mk_verdict_speaks_http2(tls->internals);
}

/* libcurl calls this function each time before it sends the request.  If a
** reused connection is dead, libcurl sends the request again, although the
** server may have received it.  So this function stops a second sending, unless
** the request is safe to repeat or the server refused the first sending without
** reading it. */
static int on_send(void *arg, char *ip, char *local_ip, int port,
                   int local_port) {
  struct mk_http *h = arg;
  (void)ip, (void)local_ip, (void)port, (void)local_port;
  mk_site_learn(h->site, h->site->tls && speaks_http2(h));
  mk_http_keep_addresses(h);
  mk_http_note_refusal(h);
  h->refused |= h->downgraded;
  h->site->plain |= h->downgraded;
  h->downgraded = false;
  h->resend = h->sendings++ > 0 && !h->opts.safe && !h->refused;
  h->refused = false;
  return h->resend ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* libcurl calls this function before each TLS handshake.  If libcurl no longer
** offers HTTP/2, the server refused the request over HTTP/2
** (HTTP_1_1_REQUIRED).  With a proxy there may be two handshakes; then the
** result of the last handshake is used. */
static CURLcode on_tls(CURL *easy, void *config, void *arg) {
  struct mk_http *h = arg;
  (void)easy;
  h->downgraded =
      h->site->tls && h->sendings > 0 && !mk_alpn_offers_http2(config);
  mk_verdict_apply(config, &h->verdict);
  return CURLE_OK;
}

/* The functions below set options of the curl handle.  Each function returns
** false if libcurl cannot set an option. */

#define SET(option, value) MK_SET(h, option, value)

static long milliseconds(double seconds) {
  double ms = seconds * 1000;
  return ms < 1 ? 1 : ms < INT_MAX ? (long)ms : INT_MAX;
}

bool mk_http_set_hop(struct mk_http *h) {
  return SET(CURLOPT_CURLU, h->url.parsed) &&
         SET(CURLOPT_TIMEOUT_MS, milliseconds(h->opts.timeout - h->spent));
}

static bool set_callbacks(struct mk_http *h) {
  return SET(CURLOPT_PRIVATE, h) && SET(CURLOPT_ERRORBUFFER, h->curl_error) &&
         SET(CURLOPT_HEADERFUNCTION, on_head) && SET(CURLOPT_HEADERDATA, h) &&
         SET(CURLOPT_WRITEFUNCTION, mk_http_on_body) &&
         SET(CURLOPT_WRITEDATA, h) && SET(CURLOPT_PREREQFUNCTION, on_send) &&
         SET(CURLOPT_PREREQDATA, h) && SET(CURLOPT_SSL_CTX_FUNCTION, on_tls) &&
         SET(CURLOPT_SSL_CTX_DATA, h) &&
         SET(CURLOPT_SOCKOPTFUNCTION, mk_http_on_socket) &&
         SET(CURLOPT_SOCKOPTDATA, h);
}

static bool set_protocol(struct mk_http *h) {
  return SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_QUICK_EXIT, 1L) &&
         /* many servers close an idle connection after 60 or 75 seconds */
         SET(CURLOPT_MAXAGE_CONN, 55L) && SET(CURLOPT_FOLLOWLOCATION, 0L) &&
         SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
         SET(CURLOPT_NOPROXY, mk_http_session_no_proxy(h->env)) &&
         /* User-Agent of the CONNECT request to a proxy */
         (!mk_http_session_has_proxy(h->env) ||
          SET(CURLOPT_USERAGENT, USER_AGENT)) &&
         SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

bool mk_http_set_always(struct mk_http *h) {
  return set_callbacks(h) && set_protocol(h);
}

static bool set_limits(struct mk_http *h, const struct mk_http_opts *o) {
  curl_off_t max = o->max_body < LONG_MAX ? (curl_off_t)o->max_body : LONG_MAX;
  return SET(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(o->connect_timeout)) &&
         SET(CURLOPT_MAXFILESIZE_LARGE, max) &&
         SET(CURLOPT_PROXY, mk_http_session_proxy(h->env, &h->url));
}

static bool set_body(struct mk_http *h, const struct mk_http_opts *o) {
  const char *body = o->body ? o->body : "";
  curl_off_t len = o->body ? (curl_off_t)o->body_len : 0;
  return SET(CURLOPT_POST, 1L) && SET(CURLOPT_POSTFIELDSIZE_LARGE, len) &&
         SET(CURLOPT_POSTFIELDS, body) &&
         (h->has_type || add_line(h, "Content-Type:")) &&
         /* libcurl must not wait for a "100 Continue" */
         add_line(h, "Expect:");
}

static bool set_method(struct mk_http *h, const struct mk_http_opts *o) {
  bool head = !strcmp(o->method, "HEAD"), get = !strcmp(o->method, "GET");
  bool writes = !strcmp(o->method, "POST") || !strcmp(o->method, "PUT") ||
                !strcmp(o->method, "PATCH");
  h->read_only = head || get;
  if (head)
    return SET(CURLOPT_NOBODY, 1L) &&
           SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)0);
  if (get && !o->body) return true; /* libcurl sends GET by default */
  return (!(o->body || writes) || set_body(h, o)) &&
         SET(CURLOPT_CUSTOMREQUEST, o->method);
}

/* Appends the header fields of mkrun to the fields of the script.  libcurl has
** options for these fields, but is slower with these options: it formats the
** fields twice, byte by byte. */
static struct curl_slist *add_own_fields(struct mk_http *h) {
  struct curl_slist **end = &h->fields;
  while (*end) end = &(*end)->next;
  h->fields_end = end;
  h->encoding = (struct curl_slist){"Accept-Encoding: gzip", NULL};
  h->agent = (struct curl_slist){"User-Agent: " USER_AGENT, NULL};
  if (!h->has_encoding) {
    *end = &h->encoding;
    end = &h->encoding.next;
  }
  if (!h->has_agent) *end = &h->agent;
  return h->fields;
}

static bool set_fields(struct mk_http *h) {
  return SET(CURLOPT_HTTPHEADER, add_own_fields(h));
}

static bool set_identity(struct mk_http *h) {
  struct mk_client_cert *id = &h->identity;
  if (!id->cert.data) return true;
  struct curl_blob cert = {id->cert.data, id->cert.len, CURL_BLOB_NOCOPY};
  struct curl_blob key = {id->key.data, id->key.len + 1, CURL_BLOB_NOCOPY};
  return SET(CURLOPT_SSLCERT_BLOB, &cert) && SET(CURLOPT_SSLKEY_BLOB, &key);
}

/* Returns true if the URL is within `origin`.  Otherwise makes the exchange
** fail with the text `why` and returns false. */
static bool check_origin(struct mk_http *h, const char *origin,
                         const char *why) {
  struct mk_url bound;
  const char *wrong = NULL;
  if (!strcmp(origin, h->url.origin)) return true;
  bool same = mk_url_parse(&bound, origin, &wrong) &&
              !strcmp(bound.origin, h->url.origin);
  mk_url_free(&bound);
  if (wrong == mk_url_no_memory) return fail(h, "memory", wrong);
  return same || fail(h, "origin", why);
}

/* Returns true if the token, the secrets of the body and the password of the
** URL may be sent to this URL.  Otherwise makes the exchange fail and returns
** false. */
static bool secrets_allowed(struct mk_http *h, const struct mk_http_opts *o) {
  if (o->token && o->token_origin &&
      !check_origin(h, o->token_origin, "the token belongs to another origin"))
    return false;
  if (o->secret_origin &&
      !check_origin(h, o->secret_origin, "a secret belongs to another origin"))
    return false;
  if (!strcmp(h->url.scheme, "https") || mk_url_is_loopback(&h->url))
    return true;
  if (o->token) return fail(h, "insecure", "a token is not sent without TLS");
  if (o->has_secret)
    return fail(h, "insecure", "a secret is not sent without TLS");
  return !h->url.has_password ||
         fail(h, "insecure", "a password is not sent without TLS");
}

/* Loads the trust store.  Plain http needs the trust store, too, if the proxy
** uses TLS. */
static bool find_trust(struct mk_http *h) {
  if (!strcmp(h->url.scheme, "http") &&
      !*mk_http_session_proxy(h->env, &h->url))
    return true;
  char error[sizeof h->error];
  h->verdict.trust = mk_http_session_trust(h->env, error, sizeof error);
  return h->verdict.trust || fail(h, "tls", error);
}

static bool find_site(struct mk_http *h) {
  h->site = mk_http_session_site(h->env, &h->url);
  return h->site || fail(h, "memory", "not enough memory");
}

static bool load_identity(struct mk_http *h, const struct mk_http_opts *o) {
  if (!o->client_cert) return true;
  const char *key = o->client_key ? o->client_key : o->client_cert;
  h->code = mk_client_cert_load(&h->identity, o->client_cert, key, h->error,
                                sizeof h->error);
  return !h->code;
}

bool mk_http_prepare(struct mk_http *h, const struct mk_http_opts *o) {
  h->opts = *o;
  h->head.max = o->max_headers;
  h->body.max = o->max_body;
  const char *wrong;
  if (!mk_url_parse(&h->url, o->url, &wrong))
    return fail(h, wrong == mk_url_no_memory ? "memory" : "url", wrong);
  if (!secrets_allowed(h, o) || (o->token && !mk_credential_add(h, o)))
    return false;
  if (!find_trust(h) || !find_site(h) || !load_identity(h, o)) return false;
  if (set_limits(h, o) && set_method(h, o) && set_fields(h) &&
      set_identity(h) && mk_http_set_hop(h))
    return true;
  return fail(h, "memory", "not enough memory");
}
