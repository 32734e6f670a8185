/* credential.c - adds the header field with the token to a request.
** SPDX-License-Identifier: MIT */
#include "http/credential.h"

#include "base/base64.h"
#include "base/redact.h"
#include "http/request_impl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool fail(struct mk_http *h, const char *code, const char *text) {
  mk_http_fail(h, code, text);
  return false;
}

static bool is_in(const char *const *list, const char *name) {
  while (*list && strcasecmp(*list, name) != 0) list++;
  return *list != NULL;
}

/* Fields that mean something to proxies, to libcurl or to mkrun.  The list adds
** to that of mk_http_check_field. */
static const char *const not_free[] = {"authorization",
                                       "proxy-authorization",
                                       "proxy-authenticate",
                                       "proxy-connection",
                                       "keep-alive",
                                       "te",
                                       "trailer",
                                       "expect",
                                       "accept",
                                       "accept-encoding",
                                       "content-type",
                                       "content-encoding",
                                       "user-agent",
                                       "range",
                                       "cookie",
                                       "referer",
                                       "location",
                                       NULL};

const char *mk_credential_fault(const char *token_as) {
  static const char *const words[] = {MK_AS_BEARER, MK_AS_BASIC, NULL};
  struct mk_http_field f = {token_as, "", strlen(token_as), 0};
  if (!strcmp(token_as, MK_AS_BEARER) || !strcmp(token_as, MK_AS_BASIC))
    return NULL;
  if (is_in(words, token_as)) return "'bearer' or 'basic' in small letters";
  const char *wrong = mk_http_check_field(&f);
  if (wrong) return wrong;
  return is_in(not_free, token_as) ? "a header that has another meaning" : NULL;
}

static bool write_bearer(struct mk_buf *value, const char *token) {
  return mk_buf_puts(value, "Bearer ") && mk_buf_puts(value, token);
}

/* Writes a token USER:PASSWORD.  Registers what is sent for redaction, because
** a server can answer with it. */
static bool write_basic(struct mk_buf *value, const char *token) {
  size_t len = strlen(token), n;
  const char *password = strchr(token, ':') + 1;
  char *text = malloc(MK_BASE64_LEN(len) + 3);
  if (!text) return false;
  n = mk_base64_encode(token, len, MK_BASE64, text);
  while (n % 4) text[n++] = '=';
  bool good = mk_redact_add(text, n, "password") &&
              mk_redact_add(password, strlen(password), "password") &&
              mk_buf_puts(value, "Basic ") && mk_buf_add(value, text, n);
  explicit_bzero(text, n);
  free(text);
  return good;
}

/* Returns true if the script gave a header field with this name. */
static bool has_field(const struct mk_http *h, const char *name) {
  size_t len = strlen(name);
  for (const struct curl_slist *f = h->fields; f; f = f->next)
    if (!strncasecmp(f->data, name, len) && strchr(":;", f->data[len]))
      return true;
  return false;
}

/* Adds the field to the request. */
static bool add(struct mk_http *h, const char *name,
                const struct mk_buf *value) {
  struct mk_http_field f = {name, value->data, strlen(name), value->len};
  if (mk_http_check_field(&f))
    return fail(h, "token", "the token holds a line break");
  return mk_http_add_field(h, &f) || fail(h, "memory", "not enough memory");
}

static bool refuse_second(struct mk_http *h, const char *name) {
  char text[200];
  snprintf(text, sizeof text, "there is an %.100s header already", name);
  return fail(h, "token", text);
}

bool mk_credential_add(struct mk_http *h, const struct mk_http_opts *o) {
  const char *as = o->token_as ? o->token_as : MK_AS_BEARER;
  bool bearer = !strcmp(as, MK_AS_BEARER), basic = !strcmp(as, MK_AS_BASIC);
  const char *name = bearer || basic ? "Authorization" : as;
  struct mk_buf value;
  if (has_field(h, name)) return refuse_second(h, name);
  if (basic && !strchr(o->token, ':'))
    return fail(h, "token", "the token is not USER:PASSWORD");
  mk_buf_init(&value, SIZE_MAX / 2);
  bool good = bearer  ? write_bearer(&value, o->token)
              : basic ? write_basic(&value, o->token)
                      : mk_buf_puts(&value, o->token);
  good = good ? add(h, name, &value) : fail(h, "memory", "not enough memory");
  mk_buf_wipe(&value);
  mk_buf_free(&value);
  return good;
}
