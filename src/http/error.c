/* error.c - finds out why no response arrived: returns a message and a code.
** SPDX-License-Identifier: MIT */
#include "http/error.h"

#include "base/redact_fit.h"
#include "http/tls_fault.h"
#include "http/verdict.h"

#include <curl/curl.h>
#include <string.h>

static const struct {
  CURLcode curl;
  const char *code;
} codes[] = {
    {CURLE_URL_MALFORMAT, "url"},
    {CURLE_OUT_OF_MEMORY, "memory"},
    {CURLE_COULDNT_RESOLVE_HOST, "resolve"},
    {CURLE_COULDNT_RESOLVE_PROXY, "proxy"},
    {CURLE_PROXY, "proxy"},
    {CURLE_COULDNT_CONNECT, "connect"},
    {CURLE_SSL_CONNECT_ERROR, "tls"},
    {CURLE_PEER_FAILED_VERIFICATION, "tls"},
    {CURLE_SSL_CERTPROBLEM, "tls"},
    {CURLE_SSL_CIPHER, "tls"},
    {CURLE_SSL_CACERT_BADFILE, "tls"},
    {CURLE_SSL_SHUTDOWN_FAILED, "tls"},
    {CURLE_SSL_ISSUER_ERROR, "tls"},
    {CURLE_SSL_INVALIDCERTSTATUS, "tls"},
    {CURLE_GOT_NOTHING, "closed"},
    {CURLE_SEND_ERROR, "closed"},
    {CURLE_RECV_ERROR, "closed"},
    {CURLE_PARTIAL_FILE, "closed"},
    {CURLE_HTTP2_STREAM, "closed"},
};

static const char *code_of(int curl) {
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if ((int)codes[i].curl == curl) return codes[i].code;
  return "protocol";
}

static const char *plural(double n) {
  return n == 1 ? "" : "s";
}

static void explain_timeout(const struct mk_http_facts *f, bool connecting,
                            char *text, size_t size) {
  double limit = connecting ? f->connect_timeout : f->timeout;
  mk_redact_print(text, size, "no %s within %.14g second%s",
                  f->sent ? "answer" : "connection", limit, plural(limit));
}

static void explain_size(const char *what, size_t limit, char *text,
                         size_t size) {
  static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
  size_t unit = 0;
  while (limit >= 1024 && limit % 1024 == 0 && unit < 3) {
    limit /= 1024;
    unit++;
  }
  mk_redact_print(text, size, "%s larger than %zu %s", what, limit,
                  units[unit]);
}

static struct mk_tls_facts tls_facts(const struct mk_http_facts *f) {
  return (struct mk_tls_facts){.curl_text = f->curl_text,
                               .believed = f->verdict->believed,
                               .identified = f->identified};
}

/* Returns the part of libcurl's message that mbedTLS wrote, without the prefix
** of libcurl and the error number. */
static const char *bare(const char *curl_text) {
  const char *number = strstr(curl_text, "(-0x");
  const char *end = number ? strstr(number, ") ") : NULL;
  return end ? end + 2 : curl_text;
}

static const char *explain_tls(const struct mk_http_facts *f, char *text,
                               size_t size) {
  struct mk_tls_facts facts = tls_facts(f);
  const char *words = f->verdict->wrong;
  if (!*words) words = mk_tls_fault(&facts);
  bool lost = !*f->verdict->wrong && mk_tls_is_lost(f->curl_text);
  if (!words && lost) words = "connection closed during the TLS handshake";
  if (!words && f->curl == CURLE_SSL_CERTPROBLEM)
    words = "the client certificate or its key is not valid";
  if (words)
    mk_redact_print(text, size, "%s", words);
  else
    mk_redact_print(text, size, "TLS handshake failed%s%s",
                    *f->curl_text ? ": " : "", bare(f->curl_text));
  return lost && !f->sent ? "connect" : "tls";
}

/* Writes the message for a timeout.  libcurl applies the options `timeout` and
** `connect_timeout`, but does not report which of them ended the request.  The
** elapsed time shows which. */
static const char *explain_late(const struct mk_http_facts *f, char *text,
                                size_t size) {
  bool connecting =
      !f->sent && f->connect_timeout < f->timeout && f->elapsed < f->timeout;
  explain_timeout(f, connecting, text, size);
  return connecting ? "connect" : "timeout";
}

static const char *plain_words(const struct mk_http_facts *f) {
  const char *words = mk_tls_read_fault(f->curl_text);
  if (words) return words;
  if (*f->curl_text) return f->curl_text;
  return curl_easy_strerror((CURLcode)f->curl);
}

/* Returns true if libcurl lost a connection after the request was sent, and
** could not open a new one.  The first connection may have delivered the
** request, so the code must not mean that the request was never sent.  Returns
** false if the server refused the request without reading it. */
static bool is_second_try(const struct mk_http_facts *f, const char *code) {
  return f->sent && !f->refused &&
         (!strcmp(code, "connect") || !strcmp(code, "resolve") ||
          !strcmp(code, "proxy"));
}

static bool is_plain(const char *code) {
  return strcmp(code, "tls") && strcmp(code, "resolve") &&
         strcmp(code, "memory") && strcmp(code, "url");
}

static bool is_said(const struct mk_http_facts *f, const char *words) {
  return strstr(f->curl_text, words) != NULL;
}

/* Returns the message for a response header that is too large for HTTP/2, or
** NULL.  Only libcurl's message shows this cause. */
static const char *head_words(const struct mk_http_facts *f) {
  if (is_said(f, "Too many CONTINUATION frames"))
    return "header of the answer is larger than mkrun accepts in HTTP/2";
  if (is_said(f, "shuts down connection with error 9"))
    return "a field in the header of the answer is larger than 64 KiB, or "
           "damaged";
  return NULL;
}

/* Writes the message for a callback of mkrun that refused bytes from libcurl.
** Returns the code. */
static const char *explain_write(const struct mk_http_facts *f, char *text,
                                 size_t size) {
  mk_redact_print(text, size, "%s%s",
                  f->packed_wrong ? "the packed answer (Content-Encoding) "
                                  : "not enough memory",
                  f->packed_wrong ? f->packed_wrong : "");
  return f->packed_wrong ? "protocol" : "memory";
}

/* Writes the message if mkrun itself ended the exchange: because of a limit of
** size or time, or because the request must not be sent twice.  Returns the
** code.  Returns NULL if mkrun did not end the exchange. */
static const char *explain_own(const struct mk_http_facts *f, char *text,
                               size_t size) {
  if (f->head_full || f->curl == CURLE_TOO_LARGE) {
    explain_size("header of the answer is", f->max_headers, text, size);
    return "toobig";
  }
  if (head_words(f)) {
    mk_redact_print(text, size, "%s", head_words(f));
    return "toobig";
  }
  if (f->body_full || f->curl == CURLE_FILESIZE_EXCEEDED) {
    explain_size("answer is", f->max_body, text, size);
    return "toobig";
  }
  if (f->resend) {
    mk_redact_print(text, size, "connection closed before an answer came");
    return "closed";
  }
  if (f->refused &&
      (f->curl == CURLE_SEND_ERROR || f->curl == CURLE_RECV_ERROR)) {
    mk_redact_print(text, size, "the server refused the request several times");
    return "connect";
  }
  /* mkrun has parsed the URL, so libcurl could only fail to copy it */
  if (f->curl == CURLE_URL_MALFORMAT && is_said(f, "No URL set")) {
    mk_redact_print(text, size, "not enough memory");
    return "memory";
  }
  if (f->curl == CURLE_WRITE_ERROR) return explain_write(f, text, size);
  if (f->curl == CURLE_OPERATION_TIMEDOUT) return explain_late(f, text, size);
  return NULL;
}

/* Returns true if TLS failed before the first byte of a response arrived. */
static bool is_tls(const struct mk_http_facts *f, const char *code) {
  struct mk_tls_facts tls = tls_facts(f);
  return !strcmp(code, "tls") ||
         (!strcmp(code, "closed") && mk_tls_late_refusal(&tls));
}

const char *mk_http_explain(const struct mk_http_facts *f, char *text,
                            size_t size) {
  const char *code = explain_own(f, text, size);
  if (code) return code;
  if (f->curl == CURLE_FAILED_INIT && !*f->curl_text) {
    mk_redact_print(text, size,
                    "not enough memory or threads to start the request");
    return "memory";
  }
  code = code_of(f->curl);
  if (!strcmp(code, "memory")) {
    mk_redact_print(text, size, "not enough memory");
    return code;
  }
  if (is_tls(f, code)) return explain_tls(f, text, size);
  /* libcurl's text contains the URL of the proxy, with its password. */
  if (!strncmp(f->curl_text, "Unsupported proxy", 17)) {
    mk_redact_print(text, size, "the URL of the proxy cannot be used");
    return "proxy";
  }
  const char *words = plain_words(f);
  if (is_second_try(f, code)) {
    mk_redact_print(text, size, "connection lost before an answer came: %s",
                    words);
    return "closed";
  }
  mk_redact_print(text, size, "%s", words);
  return f->proxied && !f->sent && is_plain(code) ? "proxy" : code;
}
