/* certificate_check.c - reads one certificate and finds out what is wrong with
** it.
**
** This file applies the rules of OpenSSL.  Where mbedTLS has a stricter rule,
** the rule of mbedTLS applies.
** SPDX-License-Identifier: MIT */
#include "http/certificate_check.h"

#include "base/buf.h"
#include "base/redact_fit.h"
#include "http/name.h"
#include "http/pem.h"

#include <mbedtls/oid.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define OID(text) text, sizeof text - 1

/* Reads a member that mbedTLS declares private. */
#define OF(crt, member) ((crt)->MBEDTLS_PRIVATE(member))

/* The functions below read names of a certificate. */

static struct mk_der bytes_of(const mbedtls_x509_buf *buf) {
  return (struct mk_der){buf->p, buf->p + buf->len};
}

/* Copies the name to `text`.  The name ends with "..." if it was cut. */
static void cut(char *text, size_t size, const char *name) {
  size_t len = strlen(name);
  bool fits = len < size;
  if (mk_redact_fit(text, size, name, len) + 1 == size && !fits)
    memcpy(text + size - 4, "...", 4);
}

static void name_text(const mbedtls_x509_name *name, char *text, size_t size) {
  char whole[512];
  if (mbedtls_x509_dn_gets(whole, sizeof whole, name) < 0)
    snprintf(whole, sizeof whole, "(an unreadable name)");
  cut(text, size, whole);
}

/* Copies the bytes to `text`, with "?" for each byte that is no printable
** character. */
static void printable(struct mk_der bytes, char *text, size_t size) {
  struct mk_buf clean;
  mk_buf_init(&clean, SIZE_MAX / 2);
  mk_buf_add(&clean, bytes.at, (size_t)(bytes.end - bytes.at));
  for (size_t i = 0; i < clean.len; i++) {
    char c = clean.data[i];
    if (c < ' ' || c >= 0x7f || c == '"') clean.data[i] = '?';
  }
  mk_redact_fit(text, size, clean.data, clean.len);
  mk_buf_free(&clean);
}

static void host_text(const mbedtls_x509_crt *crt, char *text, size_t size) {
  enum { DNS = 0x82 };
  const mbedtls_x509_sequence *san = &crt->subject_alt_names;
  if (san->buf.tag == DNS)
    printable(bytes_of(&san->buf), text, size);
  else
    mk_redact_print(text, size, "(no subject)");
}

/* Returns the common name in a Name (RFC 5280).  Returns an empty range if the
** Name has no common name. */
static struct mk_der common_name(struct mk_der name) {
  struct mk_der sets, set, pair, id, value = {name.at, name.at};
  unsigned char tag;
  if (!mk_der_read(&name, MK_DER_SEQUENCE, &sets)) return value;
  while (mk_der_read(&sets, MK_DER_SET, &set))
    while (mk_der_read(&set, MK_DER_SEQUENCE, &pair))
      if (mk_der_read(&pair, MK_DER_OID, &id) &&
          mk_der_is(&id, OID(MBEDTLS_OID_AT_CN)) &&
          mk_der_next(&pair, &tag, &value))
        return value;
  return value;
}

/* Writes the common name of a certificate that mbedTLS could not parse.  Reads
** the name from the DER bytes of the certificate. */
static void unparsed_text(const mbedtls_x509_crt *crt, char *text,
                          size_t size) {
  size_t len = 0;
  char name[64];
  const unsigned char *subject = mk_der_subject(crt->raw.p, crt->raw.len, &len);
  if (!subject) subject = crt->raw.p;
  printable(common_name((struct mk_der){subject, subject + len}), name,
            sizeof name);
  mk_redact_print(text, size, "%s%s", *name ? "CN=" : "(no common name)", name);
}

void mk_certificate_name(const mbedtls_x509_crt *crt, char *text, size_t size) {
  if (!crt->subject_raw.p)
    unparsed_text(crt, text, size);
  else if (crt->subject.oid.p)
    name_text(&crt->subject, text, size);
  else
    host_text(crt, text, size);
}

void mk_certificate_issuer(const mbedtls_x509_crt *crt, char *text,
                           size_t size) {
  name_text(&crt->issuer, text, size);
}

bool mk_certificate_self_issued(const mbedtls_x509_crt *crt) {
  struct mk_der subject = bytes_of(&crt->subject_raw);
  return mk_der_is(&subject, crt->issuer_raw.p, crt->issuer_raw.len);
}

static bool extension(const mbedtls_x509_crt *crt, const char *oid, size_t len,
                      struct mk_der *value) {
  return crt->v3_ext.p &&
         mk_der_extension(bytes_of(&crt->v3_ext), oid, len, value);
}

struct mk_names mk_certificate_names(const mbedtls_x509_crt *crt) {
  struct mk_names names = {.subject = bytes_of(&crt->subject_raw)};
  extension(crt, OID(MBEDTLS_OID_SUBJECT_ALT_NAME), &names.alt_names);
  return names;
}

bool mk_certificate_constraints(const mbedtls_x509_crt *crt,
                                struct mk_der *constraints) {
  return extension(crt, OID(MBEDTLS_OID_NAME_CONSTRAINTS), constraints);
}

/* The functions below check what a certificate may be used for. */

static bool has(const mbedtls_x509_crt *crt, int type) {
  return OF(crt, ext_types) & type;
}

/* Returns true if the certificate may be used by a server.  Like OpenSSL, does
** not accept anyExtendedKeyUsage in place of serverAuth. */
static bool is_for_servers(const mbedtls_x509_crt *crt) {
  if (!has(crt, MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE)) return true;
  for (const mbedtls_x509_sequence *use = &crt->ext_key_usage; use;
       use = use->next) {
    struct mk_der id = bytes_of(&use->buf);
    if (mk_der_is(&id, OID(MBEDTLS_OID_SERVER_AUTH))) return true;
  }
  return false;
}

/* Returns true if an extension limits the certificate in a way that only
** OpenSSL can evaluate.  mbedTLS refuses such an extension only if the
** extension is critical. */
static bool is_limited(const mbedtls_x509_crt *crt) {
  static const char limits[][9] = {
      "\x2b\x06\x01\x05\x05\x07\x01\x07", /* sbgp-ipAddrBlock */
      "\x2b\x06\x01\x05\x05\x07\x01\x08", /* sbgp-autonomousSysNum */
      "\x2b\x06\x01\x05\x05\x07\x01\x0e", /* proxyCertInfo */
  };
  struct mk_der value;
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
    if (extension(crt, limits[i], sizeof *limits - 1, &value)) return true;
  return false;
}

const char *mk_certificate_wrong_for_server(const mbedtls_x509_crt *crt) {
  if (mbedtls_x509_crt_check_key_usage(crt, MBEDTLS_X509_KU_DIGITAL_SIGNATURE))
    return "is not meant for signatures (keyUsage)";
  if (!is_for_servers(crt))
    return "is not meant for a server (extendedKeyUsage)";
  if (has(crt, MBEDTLS_X509_EXT_NS_CERT_TYPE) &&
      !(OF(crt, ns_cert_type) & MBEDTLS_X509_NS_CERT_TYPE_SSL_SERVER))
    return "is not meant for a server (nsCertType)";
  return is_limited(crt) ? "has limits that mkrun cannot evaluate" : NULL;
}

/* mbedTLS has already checked keyUsage and basicConstraints.  Only version 3 of
** certificates has these extensions. */
const char *mk_certificate_wrong_for_ca(const mbedtls_x509_crt *crt) {
  bool old_root = crt->version == 1 && mk_certificate_self_issued(crt);
  if (!OF(crt, ca_istrue) && !old_root) return "is not a CA";
  if (!is_for_servers(crt))
    return "may not sign for servers (extendedKeyUsage)";
  return is_limited(crt) ? "has limits that mkrun cannot evaluate" : NULL;
}

static const struct {
  uint32_t flag;
  const char *words;
} reasons[] = {
    {MBEDTLS_X509_BADCERT_EXPIRED, "has expired"},
    {MBEDTLS_X509_BADCERT_FUTURE, "is not valid yet"},
    {MBEDTLS_X509_BADCERT_CN_MISMATCH, "is for another host"},
    {MBEDTLS_X509_BADCERT_BAD_MD, "has a weak signature (below SHA-256)"},
    {MBEDTLS_X509_BADCERT_BAD_KEY, "has too short a key"},
    {MBEDTLS_X509_BADCERT_BAD_PK, "has a key of an unknown kind"},
};

bool mk_certificate_key_is_short(const mbedtls_x509_crt *crt) {
  return mbedtls_pk_get_type(&crt->pk) == MBEDTLS_PK_RSA &&
         mbedtls_pk_get_bitlen(&crt->pk) <
             mbedtls_x509_crt_profile_default.rsa_min_bitlen;
}

const char *mk_certificate_wrong_by_flags(const mbedtls_x509_crt *crt,
                                          uint32_t flags) {
  if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH &&
      !has(crt, MBEDTLS_X509_EXT_SUBJECT_ALT_NAME))
    return "names no host (subjectAltName)";
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
    if (flags & reasons[i].flag) return reasons[i].words;
  return flags ? "cannot be verified" : NULL;
}

/* The functions below find out why a certificate is not the issuer of another
** certificate. */

bool mk_certificate_names_issuer(const mbedtls_x509_crt *child,
                                 const mbedtls_x509_crt *ca) {
  enum { DIRECTORY = 0xa4 };
  const mbedtls_x509_sequence *name =
      &child->authority_key_id.authorityCertIssuer;
  for (; name; name = name->next) {
    if (name->buf.tag == DIRECTORY)
      return mk_name_same(bytes_of(&name->buf), bytes_of(&ca->issuer_raw));
  }
  return true;
}

static bool has_edwards_curve(const mbedtls_x509_crt *crt) {
  /* the next byte is 0x70 (Ed25519) or 0x71 (Ed448) */
  static const char id[] = {0x06, 0x03, 0x2b, 0x65};
  for (size_t i = 0; i + 5 <= crt->raw.len; i++)
    if (!memcmp(crt->raw.p + i, id, sizeof id) &&
        (crt->raw.p[i + 4] & 0xfe) == 0x70)
      return true;
  return false;
}

static bool is_another_key(const mbedtls_x509_crt *ca,
                           const mbedtls_x509_crt *child) {
  const mbedtls_x509_authority *named = &child->authority_key_id;
  struct mk_der key = bytes_of(&named->keyIdentifier);
  struct mk_der serial = bytes_of(&named->authorityCertSerialNumber);
  return (key.at && ca->subject_key_id.p &&
          !mk_der_is(&key, ca->subject_key_id.p, ca->subject_key_id.len)) ||
         (serial.at && !mk_der_is(&serial, ca->serial.p, ca->serial.len));
}

const char *mk_certificate_not_issuer(const mbedtls_x509_crt *ca,
                                      const mbedtls_x509_crt *child,
                                      int above) {
  if (!ca->subject_raw.p)
    return has_edwards_curve(ca) ? "has a key or a signature of a kind that "
                                   "mkrun does not know (Ed25519, Ed448)"
                                 : "cannot be read: malformed, or with "
                                   "something critical that mkrun does not "
                                   "know";
  if (!OF(ca, ca_istrue)) return "is not a CA";
  if (mbedtls_x509_crt_check_key_usage(ca, MBEDTLS_X509_KU_KEY_CERT_SIGN))
    return "must not sign others (keyUsage)";
  if (OF(ca, max_pathlen) > 0 && OF(ca, max_pathlen) <= above)
    return "is too far above the server's certificate (path length)";
  if (is_another_key(ca, child))
    return "is not the one that signed (authorityKeyIdentifier)";
  return "is not the one that signed (signature)";
}
