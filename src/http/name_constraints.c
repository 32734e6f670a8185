/* name_constraints.c - checks names against the constraints of a CA (RFC 5280,
** 4.2.1.10).
** SPDX-License-Identifier: MIT */
#include "http/name_constraints.h"

#include "http/general_name.h"

#include <string.h>

/* limit of comparisons, because comparing two long lists takes long */
#define MAX_COMPARISONS (1u << 20)

struct check {
  struct mk_der permitted, excluded; /* lists of GeneralSubtree */
  size_t left; /* number of comparisons that are still allowed */
};

/* The functions below check one name. */

/* Reads one GeneralSubtree.  Sets `plain` to true if the subtree has no minimum
** and no maximum. */
static bool read_subtree(struct mk_der *list, unsigned char *kind,
                         struct mk_der *base, bool *plain) {
  struct mk_der subtree;
  if (!mk_der_read(list, MK_DER_SEQUENCE, &subtree) ||
      !mk_der_next(&subtree, kind, base) || !mk_name_is_kind(*kind))
    return false;
  *plain = subtree.at == subtree.end || mk_der_is(&subtree, "\x80\x01\0", 3);
  return true;
}

/* Returns how the subtrees of the list cover the name: the result of the
** subtree that fits best.  Sets `any` to true if a subtree applies to names of
** this kind. */
static enum mk_fit fit_list(struct check *c, struct mk_der list,
                            unsigned char kind, struct mk_der name, bool *any) {
  enum mk_fit fit = MK_APART;
  *any = false;
  while (list.at < list.end) {
    struct mk_der base;
    unsigned char base_kind;
    bool plain;
    if (c->left == 0 || !read_subtree(&list, &base_kind, &base, &plain))
      return MK_UNSURE;
    c->left--;
    if (!mk_name_concerns(kind, name, base_kind, base)) continue;
    *any = true;
    if (!plain) return MK_UNSURE;
    enum mk_fit one = fit < MK_FITS ? mk_name_fits(kind, name, base) : fit;
    if (one > fit) fit = one;
    if (fit == MK_UNSURE) return MK_UNSURE;
  }
  return fit;
}

static enum mk_constrained check_name(struct check *c, unsigned char kind,
                                      struct mk_der name) {
  bool any;
  enum mk_fit fit = fit_list(c, c->permitted, kind, name, &any);
  if (fit == MK_UNSURE) return MK_UNCLEAR;
  if (any && fit != MK_FITS) return MK_NOT_PERMITTED;
  fit = fit_list(c, c->excluded, kind, name, &any);
  if (fit == MK_UNSURE) return MK_UNCLEAR;
  return fit == MK_APART ? MK_PERMITTED : MK_EXCLUDED;
}

/* The functions below check all names of a certificate. */

/* Checks a common name with two or four bytes for each character.  Such a name
** cannot be compared, so it is permitted only if no subtree applies. */
static enum mk_constrained check_wide_name(struct check *c,
                                           struct mk_der name) {
  bool permitted, excluded;
  enum mk_fit a = fit_list(c, c->permitted, MK_NAME_DNS, name, &permitted);
  enum mk_fit b = fit_list(c, c->excluded, MK_NAME_DNS, name, &excluded);
  bool clear = !permitted && !excluded && a == MK_APART && b == MK_APART;
  return clear ? MK_PERMITTED : MK_UNCLEAR;
}

static enum mk_constrained check_common_name(struct check *c, unsigned char tag,
                                             struct mk_der name) {
  if (tag == MK_DER_BMP || tag == MK_DER_UNIVERSAL)
    return check_wide_name(c, name);
  while (name.at < name.end && name.end[-1] == '\0') name.end--;
  if (name.at < name.end && memchr(name.at, '\0', mk_der_left(&name)))
    return MK_UNCLEAR;
  return mk_name_is_like_host(name) ? check_name(c, MK_NAME_DNS, name)
                                    : MK_PERMITTED;
}

static enum mk_constrained check_attribute(struct check *c, struct mk_der pair,
                                           bool common_names) {
  static const char email[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01";
  static const char common_name[] = "\x55\x04\x03";
  struct mk_der type, value;
  unsigned char tag;
  if (!mk_der_read(&pair, MK_DER_OID, &type) ||
      !mk_der_next(&pair, &tag, &value))
    return MK_UNCLEAR;
  if (mk_der_is(&type, email, sizeof email - 1))
    return tag == MK_DER_IA5 ? check_name(c, MK_NAME_EMAIL, value) : MK_UNCLEAR;
  if (common_names && mk_der_is(&type, common_name, sizeof common_name - 1))
    return check_common_name(c, tag, value);
  return MK_PERMITTED;
}

static enum mk_constrained check_subject(struct check *c, struct mk_der subject,
                                         bool common_names) {
  struct mk_der whole = subject, sets, set, pair;
  if (!mk_der_read(&subject, MK_DER_SEQUENCE, &sets)) return MK_UNCLEAR;
  if (sets.at == sets.end) return MK_PERMITTED;
  enum mk_constrained found = check_name(c, MK_NAME_DIRECTORY, whole);
  while (sets.at < sets.end && !found) {
    if (!mk_der_read(&sets, MK_DER_SET, &set)) return MK_UNCLEAR;
    while (set.at < set.end && !found) {
      if (!mk_der_read(&set, MK_DER_SEQUENCE, &pair)) return MK_UNCLEAR;
      found = check_attribute(c, pair, common_names);
    }
  }
  return found;
}

static enum mk_constrained
check_alt_names(struct check *c, struct mk_der alt_names, bool *has_dns) {
  struct mk_der list, name;
  unsigned char kind;
  *has_dns = false;
  if (alt_names.at == alt_names.end) return MK_PERMITTED;
  if (!mk_der_read(&alt_names, MK_DER_SEQUENCE, &list)) return MK_UNCLEAR;
  while (list.at < list.end) {
    if (!mk_der_next(&list, &kind, &name) || !mk_name_is_kind(kind))
      return MK_UNCLEAR;
    if (kind == MK_NAME_DNS) *has_dns = true;
    enum mk_constrained found = check_name(c, kind, name);
    if (found) return found;
  }
  return MK_PERMITTED;
}

static bool is_list(struct mk_der list) {
  struct mk_der base;
  unsigned char kind;
  bool plain;
  while (list.at < list.end)
    if (!read_subtree(&list, &kind, &base, &plain)) return false;
  return true;
}

static bool open_lists(struct mk_der constraints, struct check *c) {
  enum { PERMITTED = 0xa0, EXCLUDED = 0xa1 };
  struct mk_der lists;
  if (!mk_der_read(&constraints, MK_DER_SEQUENCE, &lists) ||
      constraints.at < constraints.end)
    return false;
  c->permitted = c->excluded = (struct mk_der){lists.end, lists.end};
  /* permitted and excluded subtrees are optional */
  mk_der_read(&lists, PERMITTED, &c->permitted);
  mk_der_read(&lists, EXCLUDED, &c->excluded);
  return lists.at == lists.end && is_list(c->permitted) && is_list(c->excluded);
}

enum mk_constrained mk_names_check(struct mk_der constraints,
                                   const struct mk_names *names) {
  struct check c = {.left = MAX_COMPARISONS};
  bool has_dns;
  if (!open_lists(constraints, &c)) return MK_UNCLEAR;
  enum mk_constrained found = check_alt_names(&c, names->alt_names, &has_dns);
  if (found) return found;
  return check_subject(&c, names->subject, names->server && !has_dns);
}
