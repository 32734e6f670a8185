/* certificate_detail.c - writes dates and hosts of a certificate for a message.
** SPDX-License-Identifier: MIT */
#include "http/certificate_detail.h"

#include <arpa/inet.h>
#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SHOWN 3 /* number of names in a message */
#define NAME 48 /* size of a name in a message, in bytes, with the NUL */

static void add_date(const mbedtls_x509_time *t, const char *word, char *text,
                     size_t size) {
  snprintf(text, size, "%s %04d-%02d-%02dT%02d:%02d:%02dZ", word, t->year,
           t->mon, t->day, t->hour, t->min, t->sec);
}

static void host(const mbedtls_x509_buf *bytes, char *text) {
  size_t len = 0;
  for (; len < bytes->len && len < NAME - 4; len++) {
    unsigned char c = bytes->p[len];
    text[len] = c > ' ' && c < 0x7f && c != '"' ? (char)c : '?';
  }
  strcpy(text + len, len < bytes->len ? "..." : "");
}

/* Writes a host name or an IP address.  Returns false for any other name. */
static bool name_text(const mbedtls_x509_buf *name, char text[NAME]) {
  enum { DNS = 0x82, IP = 0x87 };
  if (name->tag == DNS) host(name, text);
  return name->tag == DNS ||
         (name->tag == IP && (name->len == 4 || name->len == 16) &&
          inet_ntop(name->len == 4 ? AF_INET : AF_INET6, name->p, text, NAME));
}

static void add_names(const mbedtls_x509_crt *crt, char *text, size_t size) {
  char name[NAME];
  size_t used = 0, count = 0;
  for (const mbedtls_x509_sequence *s = &crt->subject_alt_names; s;
       s = s->next) {
    if (!s->buf.p || !name_text(&s->buf, name) || ++count > SHOWN) continue;
    used += (size_t)snprintf(text + used, size - used, "%s%s",
                             count == 1 ? ", it names " : ", ", name);
    if (used >= size) return;
  }
  if (count > SHOWN)
    snprintf(text + used, size - used, " and %zu more", count - SHOWN);
}

void mk_certificate_detail(const mbedtls_x509_crt *crt, uint32_t flags,
                           char *text, size_t size) {
  *text = '\0';
  if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
    add_date(&crt->valid_to, " since", text, size);
  else if (flags & MBEDTLS_X509_BADCERT_FUTURE)
    add_date(&crt->valid_from, ", but from", text, size);
  else if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
    add_names(crt, text, size);
}
