/* general_name.c - compares a name with a constraint (RFC 5280, 4.2.1.10).
** SPDX-License-Identifier: MIT */
#include "http/general_name.h"

#include <string.h>

/* The functions below compare names that are text. */

static unsigned char lower(unsigned char c) {
  return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 'a' - 'A') : c;
}

static bool same_letters(const unsigned char *a, const unsigned char *b,
                         size_t len) {
  for (size_t i = 0; i < len; i++)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

static bool same_text(struct mk_der a, struct mk_der b) {
  return mk_der_left(&a) == mk_der_left(&b) &&
         same_letters(a.at, b.at, mk_der_left(&a));
}

static bool ends_with(struct mk_der name, struct mk_der end) {
  size_t len = mk_der_left(&end);
  return mk_der_left(&name) >= len && same_letters(name.end - len, end.at, len);
}

/* Returns the last `c` in the text, or NULL. */
static const unsigned char *last(struct mk_der text, unsigned char c) {
  for (const unsigned char *p = text.end; p > text.at; p--)
    if (p[-1] == c) return p - 1;
  return NULL;
}

/* Compares a host with a base.  A base ".b" covers all hosts below b.  A base
** "b" covers only b. */
static enum mk_fit fit_host(struct mk_der host, struct mk_der base) {
  if (base.at < base.end && *base.at == '.')
    return mk_der_left(&host) > mk_der_left(&base) && ends_with(host, base)
               ? MK_FITS
               : MK_APART;
  return same_text(host, base) ? MK_FITS : MK_APART;
}

/* Returns true if "*.b" covers this host: the host is b with one more label. */
static bool covers_host(struct mk_der wildcard, struct mk_der host) {
  if (mk_der_left(&wildcard) < 2 || memcmp(wildcard.at, "*.", 2)) return false;
  wildcard.at++;
  if (!ends_with(host, wildcard)) return false;
  size_t label = mk_der_left(&host) - mk_der_left(&wildcard);
  return label > 0 && !memchr(host.at, '.', label);
}

/* Compares a dNSName with a base.  A base "b" covers b and all hosts below b.
** An empty base covers all hosts. */
static enum mk_fit fit_dns(struct mk_der name, struct mk_der base) {
  if (base.at == base.end) return MK_FITS;
  if (!ends_with(name, base))
    return covers_host(name, base) ? MK_OVERLAPS : MK_APART;
  const unsigned char *at = name.end - mk_der_left(&base);
  return at == name.at || *base.at == '.' || at[-1] == '.' ? MK_FITS : MK_APART;
}

/* Compares an e-mail address with a base.  The part before the "@" is compared
** with its case. */
static enum mk_fit fit_email(struct mk_der mail, struct mk_der base) {
  const unsigned char *at = last(mail, '@'), *base_at = last(base, '@');
  if (!at) return MK_UNSURE;
  struct mk_der box = {mail.at, at}, host = {at + 1, mail.end};
  if (!base_at) return fit_host(host, base);
  struct mk_der base_box = {base.at, base_at};
  if (memchr(box.at, '\0', mk_der_left(&box))) return MK_UNSURE;
  if (base_box.at < base_box.end &&
      !mk_der_is(&box, base_box.at, mk_der_left(&base_box)))
    return MK_APART;
  return same_text(host, (struct mk_der){base_at + 1, base.end}) ? MK_FITS
                                                                 : MK_APART;
}

/* Compares the host of a URI with a base.  Reads scheme://HOST with an optional
** port and path.  Parsers disagree about a URI with a user before the host, or
** with a colon in the path.  So the result for such a URI is MK_UNSURE. */
static enum mk_fit fit_uri(struct mk_der uri, struct mk_der base) {
  const unsigned char *colon = memchr(uri.at, ':', mk_der_left(&uri));
  if (!colon || uri.end - colon < 3 || memcmp(colon, "://", 3))
    return MK_UNSURE;
  struct mk_der host = {colon + 3, colon + 3};
  while (host.end < uri.end && *host.end != ':' && *host.end != '/') {
    if (*host.end == '\0' || strchr("@[?#", *host.end)) return MK_UNSURE;
    host.end++;
  }
  if (host.at == host.end) return MK_UNSURE;
  if (host.end < uri.end && *host.end == '/' &&
      memchr(host.end, ':', (size_t)(uri.end - host.end)))
    return MK_UNSURE;
  return fit_host(host, base);
}

static enum mk_fit fit_ip(struct mk_der ip, struct mk_der base) {
  size_t len = mk_der_left(&ip);
  if (len != 4 && len != 16) return MK_UNSURE;
  if (mk_der_left(&base) == 8 + 32 - 2 * len)
    return MK_APART; /* one address is IPv4, the other is IPv6 */
  if (mk_der_left(&base) != 2 * len) return MK_UNSURE;
  for (size_t i = 0; i < len; i++)
    if ((ip.at[i] ^ base.at[i]) & base.at[len + i]) return MK_APART;
  return MK_FITS;
}

/* The functions below compare distinguished names. */

static bool is_blank(unsigned char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Returns the next character in lower case, or -1 at the end.  Several blanks
** count as one, and blanks at the end are ignored. */
static int next_letter(struct mk_der *text) {
  if (text->at == text->end) return -1;
  if (!is_blank(*text->at)) return lower(*text->at++);
  while (text->at < text->end && is_blank(*text->at)) text->at++;
  return text->at < text->end ? ' ' : -1;
}

static void skip_blanks(struct mk_der *text) {
  while (text->at < text->end && is_blank(*text->at)) text->at++;
}

static bool same_words(struct mk_der a, struct mk_der b) {
  int letter;
  skip_blanks(&a);
  skip_blanks(&b);
  do {
    letter = next_letter(&a);
    if (letter != next_letter(&b)) return false;
  } while (letter >= 0);
  return true;
}

static bool is_text(unsigned char tag) {
  return tag == MK_DER_UTF8 || tag == MK_DER_PRINTABLE || tag == MK_DER_IA5 ||
         tag == MK_DER_VISIBLE;
}

static bool is_wide_text(unsigned char tag) {
  return tag == MK_DER_T61 || tag == MK_DER_BMP || tag == MK_DER_UNIVERSAL;
}

struct attribute {
  struct mk_der type, value;
  unsigned char tag;
};

/* Reads the attribute of a RelativeDistinguishedName.  Returns false unless
** there is exactly one attribute. */
static bool read_attribute(struct mk_der set, struct attribute *a) {
  struct mk_der pair;
  return mk_der_read(&set, MK_DER_SEQUENCE, &pair) && set.at == set.end &&
         mk_der_read(&pair, MK_DER_OID, &a->type) &&
         mk_der_next(&pair, &a->tag, &a->value) && pair.at == pair.end;
}

static enum mk_fit fit_attribute(struct mk_der set, struct mk_der base_set) {
  struct attribute a, b;
  if (mk_der_is(&set, base_set.at, mk_der_left(&base_set))) return MK_FITS;
  if (!read_attribute(set, &a) || !read_attribute(base_set, &b))
    return MK_UNSURE;
  if (!mk_der_is(&a.type, b.type.at, mk_der_left(&b.type))) return MK_APART;
  if (is_wide_text(a.tag) || is_wide_text(b.tag)) return MK_UNSURE;
  if (!is_text(a.tag) || !is_text(b.tag)) return MK_APART;
  return same_words(a.value, b.value) ? MK_FITS : MK_APART;
}

/* Compares a distinguished name with a base.  Each is the content of [4] in a
** GeneralName.  A name fits if it begins with all parts of the base. */
static enum mk_fit fit_directory(struct mk_der name, struct mk_der base) {
  struct mk_der sets, base_sets, set, base_set;
  if (!mk_der_read(&name, MK_DER_SEQUENCE, &sets) ||
      !mk_der_read(&base, MK_DER_SEQUENCE, &base_sets))
    return MK_UNSURE;
  while (base_sets.at < base_sets.end) {
    if (!mk_der_read(&base_sets, MK_DER_SET, &base_set)) return MK_UNSURE;
    if (sets.at == sets.end) return MK_APART;
    if (!mk_der_read(&sets, MK_DER_SET, &set)) return MK_UNSURE;
    enum mk_fit fit = fit_attribute(set, base_set);
    if (fit != MK_FITS) return fit;
  }
  return MK_FITS;
}

bool mk_name_is_kind(unsigned char kind) {
  static const unsigned char kinds[] = {
      MK_NAME_OTHER, MK_NAME_EMAIL,     MK_NAME_DNS, MK_NAME_X400, MK_NAME_URI,
      MK_NAME_IP,    MK_NAME_DIRECTORY, MK_NAME_EDI, MK_NAME_ID,
  };
  return memchr(kinds, kind, sizeof kinds);
}

/* An otherName begins with an OID for its type.  An otherName of the type
** SmtpUTF8Mailbox is an e-mail address (RFC 8398). */
bool mk_name_concerns(unsigned char kind, struct mk_der name,
                      unsigned char base_kind, struct mk_der base) {
  static const char mailbox[] = "\x2b\x06\x01\x05\x05\x07\x08\x09";
  struct mk_der id, base_id;
  if (kind != MK_NAME_OTHER) return kind == base_kind;
  if (base_kind != MK_NAME_OTHER && base_kind != MK_NAME_EMAIL) return false;
  /* every constraint applies to a malformed name */
  if (!mk_der_read(&name, MK_DER_OID, &id)) return true;
  if (base_kind == MK_NAME_EMAIL)
    return mk_der_is(&id, mailbox, sizeof mailbox - 1);
  return !mk_der_read(&base, MK_DER_OID, &base_id) ||
         mk_der_is(&id, base_id.at, mk_der_left(&base_id));
}

enum mk_fit mk_name_fits(unsigned char kind, struct mk_der name,
                         struct mk_der base) {
  switch (kind) {
  case MK_NAME_DNS: return fit_dns(name, base);
  case MK_NAME_IP: return fit_ip(name, base);
  case MK_NAME_EMAIL: return fit_email(name, base);
  case MK_NAME_URI: return fit_uri(name, base);
  case MK_NAME_DIRECTORY: return fit_directory(name, base);
  default: return MK_UNSURE;
  }
}

bool mk_name_is_like_host(struct mk_der text) {
  bool dotted = false;
  for (const unsigned char *p = text.at; p < text.end; p++) {
    bool inner = p > text.at && p + 1 < text.end;
    if (inner && *p == '.' && p[1] != '.' && p[-1] != '-' && p[1] != '-')
      dotted = true;
    else if (!(inner && *p == '-') && *p != '_' && !(*p >= '0' && *p <= '9') &&
             !(lower(*p) >= 'a' && lower(*p) <= 'z'))
      return false;
  }
  return dotted;
}
