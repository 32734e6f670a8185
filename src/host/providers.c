/* providers.c - the tokens and base URLs of further providers, by their names.
** SPDX-License-Identifier: MIT */
#include "host/providers.h"

#include "base/output.h"
#include "host/base_url.h"
#include "provider.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names in messages are cut at this length. */
#define SHOWN 120

/* A buffer of this size holds the shown name of any variable. */
#define VARIABLE_MAX (SHOWN + 32)

extern char **environ;

const struct mk_provider *mk_providers_find(const struct mk_providers *p,
                                            const char *name) {
  for (size_t i = 0; i < p->count; i++)
    if (!strcmp(p->list[i].name, name)) return &p->list[i];
  return NULL;
}

/* Returns the provider with the name, which is added if necessary.  Returns
** NULL if out of memory. */
static struct mk_provider *get(struct mk_providers *p, const char *name,
                               size_t len) {
  for (size_t i = 0; i < p->count; i++)
    if (strlen(p->list[i].name) == len && !memcmp(p->list[i].name, name, len))
      return &p->list[i];
  struct mk_provider *more = realloc(p->list, (p->count + 1) * sizeof *more);
  if (!more) return NULL;
  p->list = more;
  more += p->count;
  *more = (struct mk_provider){.name = strndup(name, len)};
  if (!more->name) return NULL;
  p->count++;
  return more;
}

/* --- The environment variables -------------------------------------------- */

/* Writes the name of a provider as in the name of a variable, "RABBITMQ", in
** small letters to `out`.  Returns false if no provider has this name. */
static bool name_of(const char *capitals, size_t len, char *out, size_t room) {
  if (len == 0 || len >= room || !isupper((unsigned char)*capitals))
    return false;
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)capitals[i];
    if (!isupper(c) && !isdigit(c) && c != '_') return false;
    out[i] = (char)tolower(c);
  }
  out[len] = '\0';
  return true;
}

/* Warns of a variable that would be ignored without a word. */
static void warn_of_name(const char *variable, size_t len) {
  fprintf(mk_stderr,
          "mkrun: warning: %.*s: no provider has this name: capitals, digits "
          "and _ expected after %s\n",
          (int)(len < SHOWN ? len : SHOWN), variable,
          !strncmp(variable, "MKRUN_TOKEN", 11) ? MK_TOKEN_PREFIX
                                                : MK_BASE_URL_PREFIX);
}

bool mk_providers_take_token(struct mk_providers *p, const char *variable,
                             const char *value, size_t len) {
  char name[MK_TOKEN_LABEL_MAX], label[MK_TOKEN_LABEL_MAX];
  size_t skip = strlen(MK_TOKEN_PREFIX);
  if (strncmp(variable, MK_TOKEN_PREFIX, skip) ||
      !name_of(variable + skip, strlen(variable) - skip, name, sizeof name)) {
    warn_of_name(variable, strlen(variable));
    return true;
  }
  struct mk_provider *provider = get(p, name, strlen(name));
  if (!provider) return false;
  mk_token_label(name, label);
  provider->token_from_variable = true;
  return provider->token.bytes ||
         mk_token_set(&provider->token, value, len, label);
}

const char *mk_providers_url_variable(const char *name, size_t len) {
  size_t skip = strlen(MK_BASE_URL_PREFIX);
  for (char **entry = environ; entry && *entry; entry++) {
    const char *text = *entry;
    if (strncmp(text, MK_BASE_URL_PREFIX, skip)) continue;
    text += skip;
    size_t i = 0;
    while (i < len && text[i] && tolower((unsigned char)text[i]) == name[i])
      i++;
    if (i == len && text[i] == '=' && text[i + 1]) return text + i + 1;
  }
  return NULL;
}

static bool set_base_url(struct mk_providers *p, const char *name, size_t len,
                         const char *url, const char *from,
                         struct mk_fault *fault) {
  struct mk_provider *provider = get(p, name, len);
  if (!provider) return mk_fault_memory(fault);
  char *copy = mk_base_url_of(url, from, fault);
  if (!copy) return false;
  free(provider->base_url);
  provider->base_url = copy;
  provider->from_variable = *from != '-';
  return true;
}

static bool read_url_variables(struct mk_providers *p, struct mk_fault *fault) {
  size_t skip = strlen(MK_BASE_URL_PREFIX);
  for (char **entry = environ; entry && *entry; entry++) {
    char name[MK_TOKEN_LABEL_MAX], from[sizeof name + 32];
    size_t len = strcspn(*entry, "=");
    if (strncmp(*entry, MK_BASE_URL_PREFIX, skip) || !(*entry)[len] ||
        !(*entry)[len + 1])
      continue;
    if (!name_of(*entry + skip, len - skip, name, sizeof name)) {
      warn_of_name(*entry, len);
      continue;
    }
    snprintf(from, sizeof from, "%.*s", (int)len, *entry);
    if (!strcmp(name, MK_PROVIDER_NAME)) continue; /* config.c reads it */
    if (!set_base_url(p, name, strlen(name), *entry + len + 1, from, fault))
      return false;
  }
  return true;
}

void mk_providers_forget_variables(void) {
  char **kept = environ;
  for (char **entry = environ; entry && *entry; entry++)
    if (strncmp(*entry, MK_BASE_URL_PREFIX, strlen(MK_BASE_URL_PREFIX)))
      *kept++ = *entry;
  if (kept) *kept = NULL;
}

/* --- The options ---------------------------------------------------------- */

/* Writes the name of the variable with a provider's token to `out`. */
static void write_variable(const char *name, char out[VARIABLE_MAX]) {
  int n = snprintf(out, VARIABLE_MAX, "%s%.*s", MK_TOKEN_PREFIX, SHOWN, name);
  for (int i = 0; i < n; i++) out[i] = (char)toupper((unsigned char)out[i]);
}

static bool read_file(struct mk_providers *p, const struct mk_named *n,
                      struct mk_fault *fault) {
  char label[MK_TOKEN_LABEL_MAX], option[SHOWN + 32], variable[VARIABLE_MAX];
  struct mk_provider *provider = get(p, n->name, n->name_len);
  if (!provider) return mk_fault_memory(fault);
  mk_token_label(provider->name, label);
  provider->token_from_variable = false;
  snprintf(option, sizeof option, "--token-file: %.*s=", SHOWN, provider->name);
  write_variable(provider->name, variable);
  struct mk_token_source from = {option, variable, label};
  return mk_token_read(&provider->token, n->value, &from, fault);
}

static bool read_option(struct mk_providers *p, const struct mk_named *n,
                        struct mk_fault *fault) {
  char from[SHOWN + 32];
  if (!strcmp(n->option, "token-file")) return read_file(p, n, fault);
  snprintf(from, sizeof from, "--base-url %.*s",
           (int)(n->name_len < SHOWN ? n->name_len : SHOWN), n->name);
  return set_base_url(p, n->name, n->name_len, n->value, from, fault);
}

/* Returns true if a later option gives the same setting of the same
** provider. */
static bool is_replaced(const struct mk_options *o, size_t i) {
  const struct mk_named *n = &o->named[i];
  while (++i < o->named_count)
    if (!strcmp(o->named[i].option, n->option) &&
        o->named[i].name_len == n->name_len &&
        !memcmp(o->named[i].name, n->name, n->name_len))
      return true;
  return false;
}

static bool read_options(struct mk_providers *p, const struct mk_options *o,
                         struct mk_fault *fault) {
  for (size_t i = 0; i < o->named_count; i++)
    if (!is_replaced(o, i) && !read_option(p, &o->named[i], fault))
      return false;
  return true;
}

/* --- The list ------------------------------------------------------------- */

static const char *file_of(const struct mk_options *o, const char *name) {
  const char *file = NULL;
  for (size_t i = 0; i < o->named_count; i++)
    if (!strcmp(o->named[i].option, "token-file") &&
        o->named[i].name_len == strlen(name) &&
        !memcmp(o->named[i].name, name, strlen(name)))
      file = o->named[i].value;
  return file;
}

static bool check_token(const struct mk_provider *provider,
                        const struct mk_options *o, struct mk_fault *fault) {
  char from[VARIABLE_MAX];
  const char *file = file_of(o, provider->name);
  if (file)
    snprintf(from, sizeof from, "--token-file %.*s", SHOWN, provider->name);
  else
    write_variable(provider->name, from);
  return mk_token_check(&provider->token, true, from, file, fault);
}

bool mk_providers_read(struct mk_providers *p, const struct mk_options *o,
                       struct mk_fault *fault) {
  if (!read_url_variables(p, fault) || !read_options(p, o, fault)) return false;
  for (size_t i = 0; i < p->count; i++)
    if (!check_token(&p->list[i], o, fault)) return false;
  return true;
}

void mk_providers_free(struct mk_providers *p) {
  for (size_t i = 0; i < p->count; i++) {
    mk_token_drop(&p->list[i].token);
    free(p->list[i].base_url);
    free(p->list[i].name);
  }
  free(p->list);
  *p = (struct mk_providers){NULL, 0};
}
