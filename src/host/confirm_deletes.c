/* confirm_deletes.c - asks the user before a script with the tag `destructive`
** deletes objects.
**
** mkrun runs such a script twice: first as a dry run in a child process, and
** then for real.  The child process ensures that the real run starts from a
** clean state.  If the child process reports that the script asks the user
** itself, mk_confirm_deletes does not ask.  Then the layer mkrun.layer.approved
** refuses DELETE requests until the script has asked the user.
** SPDX-License-Identifier: MIT */
#include "host/confirm_deletes.h"

#include "base/buf.h"
#include "base/child.h"
#include "base/output.h"
#include "base/stream.h"
#include "host/call.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TAG "destructive"

/* --- Which scripts to ask about ------------------------------------------- */

/* Returns true if the script's arguments before "--" contain `word`. */
static bool has_argument(const struct mk_options *o, const char *word) {
  for (int i = o->script + 1; o->script && i < o->argc; i++) {
    if (!strcmp(o->argv[i], "--")) return false;
    if (!strcmp(o->argv[i], word)) return true;
  }
  return false;
}

static bool is_destructive(const struct mk_options *o,
                           const struct mk_script *s) {
  if (!s->source || o->help || o->dry_run || o->apply || o->replay)
    return false;
  return mk_script_has_tag(s, TAG) && !has_argument(o, "--help") &&
         !has_argument(o, "-h");
}

bool mk_confirm_is_needed(const struct mk_options *o,
                          const struct mk_script *s) {
  return is_destructive(o, s) && !has_argument(o, "--yes");
}

bool mk_confirm_later(const struct mk_options *o, const struct mk_script *s) {
  return is_destructive(o, s) &&
         (mk_script_is_flow(s) || has_argument(o, "--yes"));
}

/* --- The dry run ---------------------------------------------------------- */

/* The result of the child process. */
struct child {
  /* Descriptors of two anonymous files in memory: the child's standard output
  ** and standard error. */
  int out, err;
  /* Exit code of the child process. */
  int code;
};

/* Returns the file offset of standard input, or -1 if standard input is not a
** regular file. */
static off_t input_at(void) {
  struct stat st;
  bool is_file = fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode);
  return is_file ? lseek(STDIN_FILENO, 0, SEEK_CUR) : -1;
}

/* Redirects the standard streams of the child process.  The child must not
** consume the data on standard input, because the real run needs the data.  So
** the child reads /dev/null instead.  If standard input is a regular file, the
** child may read it, because run_child restores the file offset. */
static bool redirect(const struct child *c) {
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  bool keeps = input_at() >= 0;
  return nothing >= 0 && (keeps || dup2(nothing, STDIN_FILENO) >= 0) &&
         dup2(c->out, STDOUT_FILENO) >= 0 && dup2(c->err, STDERR_FILENO) >= 0;
}

/* Calls `plan` in a child process and waits until the child has ended.  Sets
** c->code to the child's exit code, or to MK_FAILED if the child crashed or
** could not start. */
static void run_child(struct child *c, int (*plan)(void *data), void *data) {
  mk_child_watch();
  off_t input = input_at();
  fflush(NULL);
  c->out = memfd_create("mkrun", MFD_CLOEXEC);
  c->err = c->out >= 0 ? memfd_create("mkrun", MFD_CLOEXEC) : -1;
  pid_t pid = c->out >= 0 && c->err >= 0 ? fork() : -1;
  if (pid == 0) {
    int code = redirect(c) ? plan(data) : MK_FAILED;
    fflush(NULL);
    _exit(mk_host_finish(code));
  }
  if (pid < 0) fprintf(mk_stderr, "mkrun: dry run: %s\n", strerror(errno));
  int status;
  pid_t ended = pid;
  while (pid > 0 && (ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
    continue;
  if (input >= 0) lseek(STDIN_FILENO, input, SEEK_SET);
  c->code = ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : MK_FAILED;
}

/* Returns the content of the file followed by two zero bytes, to be freed, or
** NULL if out of memory. */
static char *read_all(int fd) {
  struct mk_buf text;
  char bytes[4096];
  ssize_t n;
  bool good = true;
  mk_buf_init(&text, SIZE_MAX / 2);
  lseek(fd, 0, SEEK_SET);
  while (good && (n = read(fd, bytes, sizeof bytes)) > 0)
    good = mk_buf_add(&text, bytes, (size_t)n);
  if (good && mk_buf_add(&text, "\0", 2)) return text.data;
  mk_buf_free(&text);
  return NULL;
}

/* --- Asking the user ------------------------------------------------------ */

/* The characters that a terminal in raw mode sends for Ctrl-C and Ctrl-D. */
enum { CONTROL_C = 3, CONTROL_D = 4 };

/* Reads a line from standard input and stores its first `size` - 1 bytes in
** `line`.  Returns false at the end of the input, and after Ctrl-C or
** Ctrl-D. */
static bool read_line(char *line, size_t size) {
  size_t len = 0;
  int c;
  while ((c = getc(mk_stdin)) != '\n' && c != '\r') {
    if (c == EOF || c == CONTROL_C || c == CONTROL_D) return false;
    if (len < size - 1) line[len++] = c ? (char)c : ' ';
  }
  line[len] = '\0';
  return true;
}

static bool ask(void) {
  char line[8];
  fputs("Go on? [y/N] ", mk_stderr);
  fflush(mk_stderr);
  bool whole = read_line(line, sizeof line);
  if (!whole) fputc('\n', mk_stderr);
  return whole && (!strcasecmp(line, "y") || !strcasecmp(line, "yes"));
}

static int refuse(const char *why, int code) {
  mk_host_complain(why);
  return code;
}

static int ask_about(const struct child *c, const char *shown,
                     const char *noise) {
  const char *allowed = shown + strlen(shown) + 1;
  if (c->code == MK_DONE || !strcmp(allowed, MK_CONFIRM_LATER)) return MK_DONE;
  if (c->code != MK_CHANGES) {
    fputs(noise, mk_stderr);
    return refuse("nothing was done: mkrun could not find out what would be "
                  "deleted, and there is no --yes",
                  c->code);
  }
  fputs(shown, mk_stderr);
  if (!isatty(STDIN_FILENO))
    return refuse("nothing was done: there is no terminal to ask on, and no "
                  "--yes",
                  MK_USAGE);
  return ask() ? MK_DONE : refuse("nothing was done", MK_USAGE);
}

int mk_confirm_deletes(int (*plan)(void *data), void *data, char **allowed) {
  struct child c;
  run_child(&c, plan, data);
  char *shown = read_all(c.out), *noise = read_all(c.err);
  int code = shown && noise ? ask_about(&c, shown, noise)
                            : refuse("not enough memory", MK_FAILED);
  if (code == MK_DONE) *allowed = strdup(shown + strlen(shown) + 1);
  if (code == MK_DONE && !*allowed)
    code = refuse("not enough memory", MK_FAILED);
  free(shown);
  free(noise);
  close(c.out);
  close(c.err);
  return code;
}
