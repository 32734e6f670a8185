/* tags.c - reads the "@tags" lines in the comment at the start of a script.
** SPDX-License-Identifier: MIT */
#include "base/tags.h"

#include "base/closest_name.h"
#include "base/redact_fit.h"

#include <ctype.h>
#include <string.h>

/* Number of bytes of an unknown name that a message shows. */
#define MAX_WORD 40

#define TAGS "tags"
#define NEEDS "needs"
#define PROVIDER "provider"

static const char *const names[] = {
    "arg", "env", "exit", NEEDS, "output", PROVIDER, TAGS, "usage", NULL,
};

static const char *const words[] = {
    "destructive", "idempotent", "read", "tool", "write", NULL,
};

/* Annotations of the Lua language server, which editors read.  An annotation
** has no space between the dashes and "@": "---@class". */
static const char *const annotations[] = {
    "alias",     "as",         "async",    "cast",    "class", "deprecated",
    "enum",      "diagnostic", "field",    "generic", "meta",  "module",
    "nodiscard", "operator",   "overload", "package", "param", "private",
    "protected", "return",     "see",      "source",  "type",  "vararg",
    "version",   NULL,
};

static bool is_among(const char *const *list, const char *text, size_t len) {
  for (; *list; list++)
    if (strlen(*list) == len && !memcmp(*list, text, len)) return true;
  return false;
}

/* --- Reading tags --------------------------------------------------------- */

size_t mk_tags_name(const char **text, const char *stop) {
  const char *p = *text;
  if (p == stop || *p != '@') return 0;
  *text = ++p;
  while (p < stop && isalpha((unsigned char)*p)) p++;
  return (size_t)(p - *text);
}

/* Returns true if the current line begins with "@tags", after optional spaces
** and tabs.  Then moves the iterator to the text after "@tags". */
static bool begins_tags(struct mk_tags *t) {
  const char *p = t->head.text, *stop = p + t->head.len;
  while (p < stop && (*p == ' ' || *p == '\t')) p++;
  size_t len = mk_tags_name(&p, stop);
  if (len != strlen(TAGS) || memcmp(p, TAGS, len)) return false;
  t->at = p + len;
  t->stop = stop;
  return true;
}

struct mk_tags mk_tags_of(const char *source, size_t len) {
  return (struct mk_tags){.head = mk_header_of(source, len)};
}

static bool is_between(char c) {
  return c == ' ' || c == '\t' || c == ',';
}

bool mk_tags_next(struct mk_tags *t) {
  for (;;) {
    while (t->at < t->stop && is_between(*t->at)) t->at++;
    t->word = t->at;
    while (t->at < t->stop && !is_between(*t->at)) t->at++;
    t->len = (size_t)(t->at - t->word);
    if (t->len > 0) return true;
    do
      if (!mk_header_next(&t->head)) return false;
    while (!begins_tags(t));
  }
}

bool mk_tags_have(const char *source, size_t len, const char *word) {
  struct mk_tags t = mk_tags_of(source, len);
  while (mk_tags_next(&t))
    if (t.len == strlen(word) && !memcmp(t.word, word, t.len)) return true;
  return false;
}

/* --- Checking for unknown tags -------------------------------------------- */

/* An unknown name or tag, and its position in the script. */
struct slip {
  const char *path;
  int line;
  /* Prefix to show before each name: "@" for a name, "" for a tag. */
  const char *sign;
  const char *text;
  size_t len;
  /* End of the line that contains the name. */
  const char *end;
};

/* Returns the number of bytes from the start of the name up to the next space
** or comma.  The name alone could be the first part of a secret, and redaction
** would not recognize a part of a secret. */
static size_t shown_len(const struct slip *s) {
  const char *p = s->text + s->len;
  while (p < s->end && *p > ' ' && *p != ',') p++;
  return (size_t)(p - s->text);
}

/* Sets a message such as "x.lua:3: unknown tag '@tgas', did you mean
** '@tags'?". */
static bool complain(const struct slip *s, const char *const *list,
                     struct mk_fault *fault) {
  struct mk_closest_name near = {.wanted = s->text, .len = s->len};
  char shown[MAX_WORD + 1];
  mk_redact_fit(shown, sizeof shown, s->text, shown_len(s));
  mk_fault_say(fault, "%s:%d: unknown tag '%s%s'", s->path, s->line, s->sign,
               shown);
  for (size_t i = 0; list[i]; i++) mk_closest_name_try(&near, list[i]);
  if (near.found) {
    mk_fault_add(fault, ", did you mean '%s%s'?", s->sign, near.found);
    return false;
  }
  for (size_t i = 0; list[i]; i++)
    mk_fault_add(fault, "%s%s%s", i ? ", " : "; known are ", s->sign, list[i]);
  return false;
}

/* Returns true if the line of tags ends with a comma.  The author of such a
** script probably continued the list on the next line, but tags on the next
** line are not read. */
static bool ends_with_comma(const struct mk_tags *t) {
  const char *p = t->stop;
  while (p > t->head.text && (p[-1] == ' ' || p[-1] == '\t')) p--;
  return p > t->head.text && p[-1] == ',';
}

static bool check_words(const char *path, struct mk_tags t,
                        struct mk_fault *fault) {
  while (mk_tags_next(&t)) {
    struct slip slip = {path,   t.head.line, "",
                        t.word, t.len,       t.head.text + t.head.len};
    if (!is_among(words, t.word, t.len)) return complain(&slip, words, fault);
    if (ends_with_comma(&t))
      return mk_fault_say(fault,
                          "%s:%d: @tags stand on one line, which ends "
                          "with a comma here",
                          path, t.head.line);
  }
  return true;
}

/* Returns the number of words between `p` and `stop`, or -1 if any of the words
** is not a known tag. */
static int count_tags(const char *p, const char *stop) {
  int count = 0;
  for (;;) {
    while (p < stop && is_between(*p)) p++;
    const char *word = p;
    while (p < stop && !is_between(*p)) p++;
    if (p == word) return count;
    if (!is_among(words, word, (size_t)(p - word))) return -1;
    count++;
  }
}

/* Returns false and sets a message if an "@tags" line has no tags, or if the
** line below an "@tags" line contains only tags.  Tags on the line below would
** not be read. */
static bool check_lines(const char *path, struct mk_tags t,
                        struct mk_fault *fault) {
  bool is_below = false;
  while (mk_header_next(&t.head)) {
    const char *text = t.head.text, *stop = text + t.head.len;
    bool is_tags = begins_tags(&t);
    bool is_empty = is_tags && count_tags(t.at, stop) == 0;
    if (is_empty || (is_below && count_tags(text, stop) > 0))
      return mk_fault_say(fault, "%s:%d: tags stand on the line of @tags%s",
                          path, t.head.line,
                          is_empty ? ", and there is none" : "");
    is_below = is_tags;
  }
  return true;
}

/* Returns true if the text begins with "@" and the name. */
static bool is_named(const char *p, const char *stop, const char *name) {
  size_t len = mk_tags_name(&p, stop);
  return len == strlen(name) && !memcmp(p, name, len);
}

/* Returns true if the line is "@needs", after blanks and dashes. */
static bool is_needs(const char *p, const char *stop) {
  while (p < stop && (*p == ' ' || *p == '\t' || *p == '-')) p++;
  return is_named(p, stop, NEEDS);
}

/* Returns true if the current line is a "@needs" that a run reads. */
static bool is_read_needs(const struct mk_header *h) {
  return h->block == 1 && h->len > 0 && *h->text == '@' &&
         is_needs(h->text, h->text + h->len);
}

bool mk_tags_have_needs(const char *source, size_t len) {
  struct mk_header h = mk_header_of(source, len);
  while (mk_header_next(&h) && h.block == 1)
    if (is_read_needs(&h)) return true;
  return false;
}

bool mk_tags_have_provider(const char *source, size_t len) {
  struct mk_header h = mk_header_of(source, len);
  while (mk_header_next(&h) && h.block == 1)
    if (is_named(h.text, h.text + h.len, PROVIDER)) return true;
  return false;
}

int mk_tags_needs_below(const char *source, size_t len) {
  struct mk_header h = mk_header_of(source, len);
  while (mk_header_next(&h))
    if (is_needs(h.text, h.text + h.len)) return 0;
  const char *p = h.at;
  for (int line = h.line + 1; p < h.stop; line++) {
    const char *end = memchr(p, '\n', (size_t)(h.stop - p));
    if (!end) end = h.stop;
    if (is_needs(p, end)) return line;
    p = end + 1;
  }
  return 0;
}

/* Returns false and sets a message if a line looks like a line of @needs but is
** not read as one.  Otherwise such a script would not be confined. */
static bool check_needs(const char *path, struct mk_header h,
                        struct mk_fault *fault) {
  while (mk_header_next(&h)) {
    if (is_read_needs(&h) || !is_needs(h.text, h.text + h.len)) continue;
    return mk_fault_say(
        fault,
        "%s:%d: @needs is not read here: it must stand after two "
        "dashes and one blank, above the first empty line",
        path, h.line);
  }
  return true;
}

bool mk_tags_check(const char *path, const char *source, size_t len,
                   struct mk_fault *fault) {
  struct mk_tags t = mk_tags_of(source, len);
  struct mk_header h = mk_header_of(source, len);
  while (mk_header_next(&h) && h.block == 1) {
    const char *text = h.text;
    size_t n = mk_tags_name(&text, h.text + h.len);
    struct slip slip = {path, h.line, "@", text, n, h.text + h.len};
    if (n == 0 || is_among(names, text, n)) continue;
    if (h.dense && is_among(annotations, text, n)) continue;
    return complain(&slip, names, fault);
  }
  return check_words(path, t, fault) && check_lines(path, t, fault) &&
         check_needs(path, mk_header_of(source, len), fault);
}
