/* verdict.c - decides whether a server's certificate is accepted, and writes
** the reason if it is not.
** SPDX-License-Identifier: MIT */
#include "http/verdict.h"

#include "base/redact_fit.h"
#include "http/certificate_check.h"
#include "http/certificate_detail.h"
#include "http/name.h"
#include "http/pem.h"
#include "http/trust.h"
#include "http/trust_find.h"

#include <mbedtls/platform.h>
#include <mbedtls/ssl.h>
#include <stdio.h>
#include <string.h>

#define NAME 80 /* size of a name in a message, in bytes */
#define NOT_TRUSTED MBEDTLS_X509_BADCERT_NOT_TRUSTED

_Static_assert(MK_MAX_CHAIN >= MBEDTLS_X509_MAX_INTERMEDIATE_CA + 2,
               "room for every chain of mbedTLS");

static void keep(struct mk_certificate *seen, const mbedtls_x509_crt *crt) {
  const mbedtls_x509_time *end = &crt->valid_to;
  snprintf(seen->expires, sizeof seen->expires,
           "%04d-%02d-%02dT%02d:%02d:%02dZ", end->year, end->mon, end->day,
           end->hour, end->min, end->sec);
  mk_certificate_issuer(crt, seen->issuer, sizeof seen->issuer);
}

/* Writes 'certificate "CN=x"WHERE WRONG' into v->wrong. */
static void blame(struct mk_verdict *v, const mbedtls_x509_crt *crt,
                  const char *where, const char *wrong) {
  char name[NAME];
  mk_certificate_name(crt, name, sizeof name);
  mk_redact_print(v->wrong, sizeof v->wrong, "certificate \"%s\"%s %s", name,
                  where, wrong);
}

static const char *place(int depth) {
  return depth > 0 ? " of the chain" : "";
}

/* The functions below find out why a chain does not end in the trust store. */

/* Returns the path length below the issuer of the last certificate in the
** chain.  Self-issued certificates do not count, except the first and the last
** of the chain (RFC 5280, 4.2.1.9). */
static int steps(const struct mk_verdict *v) {
  int count = v->length - 1;
  for (int i = 1; i < v->length - 1; i++)
    if (mk_certificate_self_issued(v->chain[i].crt)) count--;
  return count;
}

static bool is_named_issuer(const mbedtls_x509_crt *ca,
                            const mbedtls_x509_crt *child) {
  size_t len = ca->subject_raw.len;
  const unsigned char *subject = ca->subject_raw.p;
  if (!subject) subject = mk_der_subject(ca->raw.p, ca->raw.len, &len);
  struct mk_der issuer = {child->issuer_raw.p,
                          child->issuer_raw.p + child->issuer_raw.len};
  return subject &&
         mk_name_same((struct mk_der){subject, subject + len}, issuer);
}

/* Compares what certificates say, since an embedded root has no signature.  A
** certificate that mbedTLS could not parse says nothing. */
static bool is_in_chain(const struct mk_verdict *v,
                        const mbedtls_x509_crt *crt) {
  for (int i = 0; i < v->length; i++) {
    const mbedtls_x509_buf *said = &v->chain[i].crt->tbs;
    if (said->len == crt->tbs.len && !memcmp(said->p, crt->tbs.p, said->len))
      return true;
  }
  return false;
}

/* Returns the first certificate of the list that has the name of the issuer of
** the last certificate in the chain.  Returns NULL if there is none. */
static const mbedtls_x509_crt *find_issuer(const struct mk_verdict *v,
                                           const mbedtls_x509_crt *list) {
  const mbedtls_x509_crt *end = v->chain[v->length - 1].crt;
  for (; list && list->raw.p; list = list->next)
    if (!is_in_chain(v, list) && is_named_issuer(list, end)) return list;
  return NULL;
}

/* If the list contains a certificate with the name of the missing issuer,
** writes why mbedTLS did not accept that certificate.  Returns false if the
** list has no such certificate. */
static bool blame_issuer(struct mk_verdict *v, const mbedtls_x509_crt *list,
                         const char *where) {
  const mbedtls_x509_crt *issuer = find_issuer(v, list);
  if (!issuer) return false;
  const mbedtls_x509_crt *end = v->chain[v->length - 1].crt;
  blame(v, issuer, where, mk_certificate_not_issuer(issuer, end, steps(v)));
  return true;
}

static bool blame_root(struct mk_verdict *v, const mbedtls_x509_crt *end) {
  mbedtls_x509_crt *roots = NULL;
  if (mk_trust_issuers((void *)(uintptr_t)v->trust, end, &roots)) return false;
  bool found = blame_issuer(v, roots, " that is trusted");
  mbedtls_x509_crt_free(roots);
  mbedtls_free(roots);
  return found;
}

static void explain_end(struct mk_verdict *v) {
  const mbedtls_x509_crt *end = v->chain[v->length - 1].crt;
  if (blame_issuer(v, v->chain[0].crt, " of the chain") || blame_root(v, end))
    return;
  char name[NAME], issuer[NAME];
  mk_certificate_name(end, name, sizeof name);
  mk_certificate_issuer(end, issuer, sizeof issuer);
  bool self = mk_certificate_self_issued(end);
  mk_redact_print(v->wrong, sizeof v->wrong,
                  "issuer unknown of certificate \"%s\": %s%s%s (trust: %s)",
                  name, self ? "it is self-signed" : "\"", self ? "" : issuer,
                  self ? "" : "\"", mk_trust_name(v->trust));
}

/* Writes why a chain is not trusted.  If mbedTLS marked a certificate as not
** trusted, and it is not the last of the chain, its signature is wrong. */
static void explain_untrusted(struct mk_verdict *v) {
  for (int i = 0; i + 1 < v->length; i++)
    if (v->chain[i].flags & NOT_TRUSTED) {
      blame(v, v->chain[i].crt, place(i),
            "has a signature that was not made with its issuer's key");
      return;
    }
  explain_end(v);
}

/* The functions below check a chain that ends in the trust store. */

/* Returns the depth of the certificate to blame.  mbedTLS sets the flag for a
** short CA key on the certificate that the CA signed. */
static int culprit(const struct mk_verdict *v, int depth) {
  const struct mk_link *link = &v->chain[depth];
  bool key = link->flags == MBEDTLS_X509_BADCERT_BAD_KEY &&
             !mk_certificate_key_is_short(link->crt);
  return key && depth + 1 < v->length ? depth + 1 : depth;
}

static const char *misuse(const struct mk_verdict *v, int depth) {
  const mbedtls_x509_crt *crt = v->chain[depth].crt;
  const char *wrong = depth == 0 ? mk_certificate_wrong_for_server(crt)
                                 : mk_certificate_wrong_for_ca(crt);
  if (!wrong && depth + 1 < v->length &&
      !mk_certificate_names_issuer(crt, v->chain[depth + 1].crt))
    wrong = "was signed by another CA of that name";
  return wrong;
}

static bool blame_by_flags(struct mk_verdict *v, int depth) {
  const struct mk_link *link = &v->chain[depth];
  const char *wrong = mk_certificate_wrong_by_flags(link->crt, link->flags);
  char detail[2 * NAME], words[4 * NAME];
  if (!wrong) return false;
  int who = culprit(v, depth);
  mk_certificate_detail(link->crt, link->flags, detail, sizeof detail);
  snprintf(words, sizeof words, "%s%s", wrong, detail);
  blame(v, v->chain[who].crt, place(who), words);
  return true;
}

static bool find_misuse(struct mk_verdict *v) {
  for (int i = 0; i < v->length; i++) {
    if (blame_by_flags(v, i)) return true;
    const char *wrong = misuse(v, i);
    if (!wrong) continue;
    blame(v, v->chain[i].crt, place(i), wrong);
    return true;
  }
  return false;
}

static bool obeys(struct mk_verdict *v, int depth, const mbedtls_x509_crt *ca,
                  struct mk_der constraints) {
  const mbedtls_x509_crt *crt = v->chain[depth].crt;
  struct mk_names names = mk_certificate_names(crt);
  names.server = depth == 0;
  enum mk_constrained found = mk_names_check(constraints, &names);
  if (found == MK_PERMITTED) return true;
  char name[NAME], wrong[2 * NAME];
  mk_certificate_name(ca, name, sizeof name);
  if (found == MK_UNCLEAR)
    mk_redact_print(wrong, sizeof wrong,
                    "has names that mkrun cannot check against the "
                    "constraints of \"%s\"",
                    name);
  else
    mk_redact_print(wrong, sizeof wrong, "has a name that \"%s\" %s", name,
                    found == MK_EXCLUDED ? "excludes" : "does not permit");
  blame(v, crt, place(depth), wrong);
  return false;
}

/* Checks each certificate against the constraints of all CAs above it,
** including the root.  A self-issued certificate of a CA is not checked,
** because it only gives its CA a new key. */
static bool find_bad_name(struct mk_verdict *v) {
  struct mk_der constraints;
  for (int above = v->length - 1; above > 0; above--) {
    const mbedtls_x509_crt *ca = v->chain[above].crt;
    if (!mk_certificate_constraints(ca, &constraints)) continue;
    for (int i = above - 1; i >= 0; i--)
      if ((i == 0 || !mk_certificate_self_issued(v->chain[i].crt)) &&
          !obeys(v, i, ca, constraints))
        return true;
  }
  return false;
}

/* Accepts a server's certificate that is itself in the trust store.  mbedTLS
** accepts such a certificate only if the store is a list, not the callback
** mk_trust_issuers.  Then the other certificates of the chain need no root.
** Like OpenSSL, mkrun still checks everything else about them. */
static void trust_own(struct mk_verdict *v) {
  const mbedtls_x509_crt *own = v->chain[0].crt;
  if (mk_trust_holds(v->trust, own) && !find_issuer(v, own))
    v->chain[v->length - 1].flags &= ~(uint32_t)NOT_TRUSTED;
}

static bool is_untrusted(const struct mk_verdict *v) {
  for (int i = 0; i < v->length; i++)
    if (v->chain[i].flags & NOT_TRUSTED) return true;
  return false;
}

static uint32_t all_flags(const struct mk_verdict *v) {
  uint32_t flags = 0;
  for (int i = 0; i < v->length; i++) flags |= v->chain[i].flags;
  return flags ? flags : MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
}

static uint32_t judge(struct mk_verdict *v) {
  bool bad = true;
  if (is_untrusted(v)) trust_own(v);
  if (is_untrusted(v))
    explain_untrusted(v);
  else
    bad = find_misuse(v) || find_bad_name(v);
  v->believed = !bad;
  return bad ? all_flags(v) : 0;
}

/* mbedTLS calls this function for each certificate of the chain.  The server's
** certificate is last.  Then this function checks the whole chain. */
static int note(void *verdict, mbedtls_x509_crt *crt, int depth,
                uint32_t *flags) {
  struct mk_verdict *v = verdict;
  if (depth < 0 || depth >= MK_MAX_CHAIN) return MBEDTLS_ERR_X509_FATAL_ERROR;
  if (depth >= v->length) v->length = depth + 1;
  v->chain[depth] = (struct mk_link){crt, *flags};
  *flags = 0;
  if (depth > 0) return 0;
  keep(&v->certificate, crt);
  *flags = judge(v);
  memset(v->chain, 0, sizeof v->chain); /* mbedTLS frees the certificates */
  v->length = 0;
  return 0;
}

void mk_verdict_apply(void *ssl_config, struct mk_verdict *v) {
  mbedtls_ssl_config *config = ssl_config;
  v->length = 0;
  v->believed = false;
  v->wrong[0] = '\0';
  mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_cert_profile(config, &mbedtls_x509_crt_profile_default);
  mbedtls_ssl_conf_ca_cb(config, mk_trust_issuers, (void *)(uintptr_t)v->trust);
  mbedtls_ssl_conf_verify(config, note, v);
  /* Turns session tickets on, which libcurl turns off.  Many servers can resume
  ** a TLS session only with tickets. */
  mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
  /* Refuses a server without secure renegotiation, because an attacker could
  ** insert bytes before the request (RFC 5746). */
  mbedtls_ssl_conf_legacy_renegotiation(config,
                                        MBEDTLS_SSL_LEGACY_BREAK_HANDSHAKE);
}

bool mk_verdict_speaks_http2(const void *ssl) {
  const char *protocol = mbedtls_ssl_get_alpn_protocol(ssl);
  return protocol && !strcmp(protocol, "h2");
}
