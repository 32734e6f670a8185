/* http_error.c - why no answer arrived, in words and as a code.
** SPDX-License-Identifier: MIT */
#include "http_error.h"

#include "trust.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
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

/* libcurl gives mbedTLS's own number only inside its text. */
static const struct {
  long number;
  const char *words;
} handshake[] = {
    {0x7780, "the server refused the TLS handshake"},
    {0x7280, "connection closed during the TLS handshake"},
    {0x7200, "the server does not speak TLS on this port"},
    {0x7100, "the server does not speak TLS on this port"},
    {0x6E80, "no TLS version in common, 1.2 is the lowest allowed"},
    {0x6E00, "no TLS parameters in common"},
};

static const char *handshake_words(const char *curl_text) {
  const char *at = strstr(curl_text, "(-0x");
  long number = at ? strtol(at + 4, NULL, 16) : 0;
  for (size_t i = 0; i < sizeof handshake / sizeof *handshake; i++)
    if (handshake[i].number == number) return handshake[i].words;
  return NULL;
}

static const char *plural(double n) {
  return n == 1 ? "" : "s";
}

static void explain_timeout(const struct mk_http_facts *f, bool connecting,
                            char *text, size_t size) {
  double limit = connecting ? f->connect_timeout : f->timeout;
  snprintf(text, size, "no %s within %.14g second%s",
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
  snprintf(text, size, "%s larger than %zu %s", what, limit, units[unit]);
}

static const char *explain_tls(const struct mk_http_facts *f, char *text,
                               size_t size) {
  if (mk_trust_explain(f->verdict, text, size)) return "tls";
  const char *words = handshake_words(f->curl_text);
  if (!words && f->curl == CURLE_SSL_CERTPROBLEM)
    words = "the client certificate or its key is not valid";
  if (!words) words = *f->curl_text ? f->curl_text : "TLS handshake failed";
  snprintf(text, size, "%s", words);
  return "tls";
}

/* The connect timeout is libcurl's to keep; which of the two it was shows in
** the time that has passed. */
static const char *explain_late(const struct mk_http_facts *f, char *text,
                                size_t size) {
  bool connecting =
      !f->sent && f->connect_timeout < f->timeout && f->elapsed < f->timeout;
  explain_timeout(f, connecting, text, size);
  return connecting ? "connect" : "timeout";
}

/* What curl says of a TLS connection that just ended is a number, and zero. */
static const char *plain_words(const struct mk_http_facts *f) {
  if (strstr(f->curl_text, "ssl_read returned: (-0x0000)"))
    return "connection closed before the answer was whole";
  if (*f->curl_text) return f->curl_text;
  return curl_easy_strerror((CURLcode)f->curl);
}

/* Has a new connection been tried in the place of one that got lost?  What was
** sent by that one may have arrived, so this is not "nobody was there". */
static bool is_second_try(const struct mk_http_facts *f, const char *code) {
  return f->sent && (!strcmp(code, "connect") || !strcmp(code, "resolve") ||
                     !strcmp(code, "proxy"));
}

static bool is_plain(const char *code) {
  return strcmp(code, "tls") && strcmp(code, "resolve") &&
         strcmp(code, "memory") && strcmp(code, "url");
}

const char *mk_http_explain(const struct mk_http_facts *f, char *text,
                            size_t size) {
  if (f->head_full || f->curl == CURLE_TOO_LARGE) {
    explain_size("header of the answer is", f->max_headers, text, size);
    return "toobig";
  }
  if (f->body_full || f->curl == CURLE_FILESIZE_EXCEEDED) {
    explain_size("answer is", f->max_body, text, size);
    return "toobig";
  }
  if (f->resend) {
    snprintf(text, size, "connection closed before an answer came");
    return "closed";
  }
  if (f->refused &&
      (f->curl == CURLE_SEND_ERROR || f->curl == CURLE_RECV_ERROR)) {
    snprintf(text, size, "the server refused the request, again and again");
    return "connect";
  }
  if (f->curl == CURLE_WRITE_ERROR) {
    snprintf(text, size, "not enough memory");
    return "memory";
  }
  if (f->curl == CURLE_OPERATION_TIMEDOUT) return explain_late(f, text, size);
  const char *code = code_of(f->curl);
  if (!strcmp(code, "tls")) return explain_tls(f, text, size);
  /* Its text quotes that URL, password and all. */
  if (!strncmp(f->curl_text, "Unsupported proxy", 17)) {
    snprintf(text, size, "the URL of the proxy cannot be used");
    return "proxy";
  }
  const char *words = plain_words(f);
  if (is_second_try(f, code)) {
    snprintf(text, size, "connection lost before an answer came: %s", words);
    return "closed";
  }
  snprintf(text, size, "%s", words);
  return f->proxied && !f->sent && is_plain(code) ? "proxy" : code;
}
