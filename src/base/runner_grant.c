/* runner_grant.c - the commands that a confined run may start.
** SPDX-License-Identifier: MIT */
#include "base/runner_grant.h"

#include "base/real_path.h"
#include "base/runner_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* PATH of a process that has none, as in the C library. */
#define USUAL_PATH "/usr/local/bin:/bin:/usr/bin"

struct mk_runner_grant {
  /* The whole command, or the program's name. */
  char *text;
  /* The program's file, or NULL for a whole command. */
  char *path;
};

static bool is_program(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* Tries the folder with the length `len`.  An empty folder is the current one.
** Returns 0, ENOENT or another errno value. */
static int try_folder(const char *folder, size_t len, const char *name,
                      char **path) {
  char *file;
  if (asprintf(&file, "%.*s%s%s", (int)len, folder, len ? "/" : "./", name) < 0)
    return ENOMEM;
  int error = is_program(file) ? mk_real_path(file, path) : ENOENT;
  free(file);
  return error;
}

/* Sets `*path` to the program's file.  Returns 0 or an errno value. */
static int find_program(const char *name, char **path) {
  const char *at = getenv("PATH");
  if (strchr(name, '/'))
    return is_program(name) ? mk_real_path(name, path) : ENOENT;
  if (!at) at = USUAL_PATH;
  for (;;) {
    size_t len = strcspn(at, ":");
    int error = *name ? try_folder(at, len, name, path) : ENOENT;
    if (!error || error == ENOMEM || !at[len]) return error;
    at += len + 1;
  }
}

static bool add(struct mk_runner_grant *g, const struct mk_runner_command *c,
                struct mk_fault *fault) {
  g->text = strdup(c->exact ? c->exact : c->program);
  if (!g->text) return mk_fault_memory(fault);
  if (c->exact) return true;
  int error = find_program(c->program, &g->path);
  if (!error) return true;
  if (error == ENOMEM) return mk_fault_memory(fault);
  return mk_fault_say(fault, "cannot find the program \"%s\"%s", c->program,
                      strchr(c->program, '/') ? "" : " on PATH");
}

bool mk_runner_grants_new(struct mk_runner_grants *g,
                          const struct mk_runner_command *commands,
                          size_t count, struct mk_fault *fault) {
  *g = (struct mk_runner_grants){.rows = calloc(count + 1, sizeof *g->rows)};
  if (!g->rows) return mk_fault_memory(fault);
  for (size_t i = 0; i < count; i++) {
    g->count++;
    if (add(&g->rows[i], &commands[i], fault)) continue;
    mk_runner_grants_free(g);
    return false;
  }
  return true;
}

void mk_runner_grants_free(struct mk_runner_grants *g) {
  for (size_t i = 0; i < g->count; i++) {
    free(g->rows[i].text);
    free(g->rows[i].path);
  }
  free(g->rows);
  *g = (struct mk_runner_grants){.count = 0};
}

static bool is_exact(const struct mk_runner_grants *g, const char *text) {
  for (size_t i = 0; i < g->count; i++)
    if (!g->rows[i].path && !strcmp(g->rows[i].text, text)) return true;
  return false;
}

/* Makes the words of "sh -c TEXT". */
static int use_shell(const char *text, struct mk_runner_match *m) {
  m->words = calloc(4, sizeof *m->words);
  if (!m->words) return ENOMEM;
  m->path = "/bin/sh";
  m->words[0] = (char *)"sh";
  m->words[1] = (char *)"-c";
  m->words[2] = (char *)text;
  return 0;
}

int mk_runner_grants_find(const struct mk_runner_grants *g, const char *text,
                          struct mk_runner_match *m) {
  if (is_exact(g, text)) return use_shell(text, m);
  m->words = mk_runner_words(text);
  if (!m->words) return errno;
  for (size_t i = 0; i < g->count; i++) {
    m->path = g->rows[i].path;
    if (m->path && !strcmp(g->rows[i].text, m->words[0])) return 0;
  }
  free(m->words);
  m->words = NULL;
  return EPERM;
}
