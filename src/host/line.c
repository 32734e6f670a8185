/* line.c - edits the lines of the prompt on a terminal, with isocline.
**
** isocline writes to the terminal by itself, past base/output.c: it shows what
** the user types and nothing else.
** SPDX-License-Identifier: MIT */
#include "host/line.h"

#include "base/interrupt.h"
#include "base/output.h"

#include <isocline.h>
#include <plain.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATEMENTS_KEPT 1000
/* Milliseconds that the rest of a key's sequence may take. */
#define KEY_MS 100

static const struct mk_line *host;

/* 1 after the window was resized or this process was continued. */
static volatile sig_atomic_t has_changed;

static void on_change(int number) {
  (void)number;
  has_changed = 1;
}

/* Gives the terminal its settings back, and lets the signal end the process. */
static void on_crash(int number) {
  ic_plain_restore();
  raise(number);
}

/* Signals that end the process without a chance to clean up. */
static const int crashes[] = {SIGSEGV, SIGBUS,  SIGFPE,
                              SIGILL,  SIGABRT, SIGQUIT};
enum { CRASHES = sizeof crashes / sizeof *crashes };

static void catch_crashes(struct sigaction *before) {
  struct sigaction action = {.sa_handler = on_crash,
                             .sa_flags = (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < CRASHES; i++)
    sigaction(crashes[i], &action, &before[i]);
}

static void let_crashes(const struct sigaction *before) {
  for (size_t i = 0; i < CRASHES; i++) sigaction(crashes[i], &before[i], NULL);
}

static void catch_changes(void) {
  struct sigaction action = {.sa_handler = on_change, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGWINCH, &action, NULL);
  sigaction(SIGCONT, &action, NULL);
}

/* Returns what a wait ends with before it begins or after a signal. */
static enum ic_wait state_of_signals(void) {
  if (mk_interrupt_number()) return IC_GONE;
  if (!has_changed) return IC_READY;
  has_changed = 0;
  return IC_LOOK_AGAIN;
}

/* Waits for a key.  The signals arrive during ppoll only, so that none is
** missed between the look at it and the wait. */
static enum ic_wait wait_for_key(int fd, long milliseconds) {
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT};
  struct pollfd p = {.fd = fd, .events = POLLIN};
  struct timespec limit = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  sigset_t blocked, before;
  sigemptyset(&blocked);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    sigaddset(&blocked, signals[i]);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  enum ic_wait state = state_of_signals();
  if (state == IC_READY) {
    int n = ppoll(&p, 1, milliseconds < 0 ? NULL : &limit, &before);
    if (n < 0) state = state_of_signals();
    if (n < 0 && state == IC_READY) state = IC_LOOK_AGAIN;
    if (n == 0) state = IC_LATE;
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  return state;
}

static void suspend(void) {
  raise(SIGTSTP);
}

static bool is_incomplete(const char *text) {
  return host->is_incomplete(text);
}

static void complete(ic_completion_env_t *place, const char *before) {
  host->complete(before, place);
}

bool mk_line_is_possible(void) {
  const char *term = getenv("TERM");
  return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term &&
         strcmp(term, "dumb") != 0;
}

bool mk_line_open(const struct mk_line *line) {
  static const struct ic_plain plain = {wait_for_key, is_incomplete, suspend,
                                        STATEMENTS_KEPT, KEY_MS};
  host = line;
  if (!ic_plain_open(&plain)) return false;
  ic_set_default_completer(complete, NULL);
  catch_changes();
  return true;
}

char *mk_line_read(const char *prompt, const char *more,
                   enum mk_line_end *end) {
  static const enum mk_line_end ends[] = {[IC_LINE] = MK_LINE_DONE,
                                          [IC_CANCELLED] = MK_LINE_CANCELLED,
                                          [IC_END] = MK_LINE_END};
  struct sigaction before[CRASHES];
  enum ic_end how = IC_END;
  mk_output_new_line();
  catch_crashes(before);
  char *text = ic_plain_read(prompt, more, &how);
  let_crashes(before);
  *end = ends[how];
  return text;
}

void mk_line_offer(void *place, const char *text, long len) {
  ic_add_completion_prim(place, text, NULL, NULL, len, 0);
}

void mk_line_remember(const char *text) {
  ic_history_add(text);
}

void mk_line_forget_last(void) {
  ic_history_remove_last();
}
