/* approve.c - asks before a script that is tagged `destructive` deletes.
**
** The script is run twice: as a dry run in a child of its own, which has
** nothing to clean up after, and then for good.
** SPDX-License-Identifier: MIT */
#include "approve.h"

#include "host.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TAGS "\n-- @tags"
#define WORD "destructive"
#define CALL "script.approve"

static bool is_tagged(const struct mk_script *s) {
  const char *tags = memmem(s->source, s->len, TAGS, strlen(TAGS));
  if (!tags) return false;
  tags += strlen(TAGS);
  size_t left = s->len - (size_t)(tags - s->source);
  const char *end = memchr(tags, '\n', left);
  size_t len = end ? (size_t)(end - tags) : left;
  return memmem(tags, len, WORD, strlen(WORD)) != NULL;
}

/* A script that asks itself says in its own words what goes. */
static bool asks(const struct mk_script *s) {
  return memmem(s->source, s->len, CALL, strlen(CALL)) != NULL;
}

static bool has_argument(const struct mk_options *o, const char *word) {
  for (int i = o->script + 1; i < o->argc; i++)
    if (!strcmp(o->argv[i], word)) return true;
  return false;
}

bool mk_approve_wanted(const struct mk_options *o, const struct mk_script *s) {
  if (!o->script || !s->source || o->help || o->dry_run || o->apply ||
      o->resume)
    return false;
  return is_tagged(s) && !asks(s) && !has_argument(o, "--yes") &&
         !has_argument(o, "--help") && !has_argument(o, "-h");
}

/* Standard input may be what the script reads: a child that did would leave
** nothing of it. */
static bool redirect(void) {
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  return nothing >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 &&
         dup2(nothing, STDERR_FILENO) >= 0 && dup2(nothing, STDIN_FILENO) >= 0;
}

/* The exit code of `plan`, run by a child; MK_FAILED when that ended badly. */
static int run_child(int (*plan)(void *data), void *data) {
  fflush(NULL);
  pid_t pid = fork();
  if (pid == 0) {
    int code = redirect() ? plan(data) : MK_FAILED;
    fflush(NULL);
    _exit(mk_output_finish() ? code : MK_FAILED);
  }
  int status = 0;
  while (pid > 0 && waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return MK_FAILED;
  return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : MK_FAILED;
}

static bool ask(void) {
  char *line = NULL;
  size_t size = 0;
  fputs("Go on? [y/N] ", mk_stderr);
  fflush(mk_stderr);
  ssize_t len = getline(&line, &size, stdin);
  if (len < 0) fputc('\n', mk_stderr);
  bool yes =
      len > 0 && (!strcasecmp(line, "y\n") || !strcasecmp(line, "yes\n"));
  free(line);
  return yes;
}

bool mk_approve(int (*plan)(void *data), void *data) {
  if (run_child(plan, data) != MK_CHANGES) return true;
  bool terminal = isatty(STDIN_FILENO);
  if (terminal && ask()) return true;
  mk_host_complain(
      terminal ? "nothing was done"
               : "nothing was done: there is no terminal to ask on, and no "
                 "--yes");
  return false;
}
