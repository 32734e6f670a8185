/* interrupt.c - handles SIGINT, SIGTERM and SIGHUP, which ask this run to end.
**
** For example, CI systems cancel a job with SIGTERM.  A script must be able to
** clean up after such a signal, so that no file is left half-written.  The
** first signal makes the script raise one error.  After that, the script's
** cleanup runs without interruption.
** SPDX-License-Identifier: MIT */
#include "base/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

/* Two signals within this many milliseconds count as one signal.  Programs such
** as timeout(1) send a signal to the process and again to its process group. */
#define SAME_SIGNAL_MS 200

/* The following variables are global, because a signal handler gets no argument
** other than the signal number. */

/* Number of the first signal, or 0. */
static volatile sig_atomic_t caught;

/* Number of calls of mk_interrupt_hold without a call of mk_interrupt_let. */
static volatile sig_atomic_t held;

/* 1 if a signal arrived during mk_interrupt_hold and the script was not stopped
** yet. */
static volatile sig_atomic_t pending;

static const struct mk_interrupt_script *volatile script;
static struct timespec caught_at;

static long milliseconds_since(const struct timespec *then) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (now.tv_sec - then->tv_sec) * 1000 +
         (now.tv_nsec - then->tv_nsec) / 1000000;
}

static bool is_stopping(void) {
  return script && script->is_stopping();
}

static void stop(void) {
  if (script) script->stop();
}

void mk_interrupt_note(int number) {
  clock_gettime(CLOCK_MONOTONIC, &caught_at);
  caught = number;
}

void mk_interrupt_for(int number) {
  if (caught) return;
  mk_interrupt_note(number);
  if (held)
    pending = 1;
  else
    stop();
}

/* A signal may arrive between any two lines of this function.  `held` is
** incremented first, so that the handler only sets `pending` from then on.  If
** an earlier signal has already stopped the script, this function cancels the
** stop and sets `pending` instead. */
void mk_interrupt_hold(void) {
  held++;
  if (!is_stopping()) return;
  script->go_on();
  pending = 1;
}

void mk_interrupt_let(void) {
  held--;
  if (held || !pending) return;
  pending = 0;
  stop();
}

/* Kills this process with the signal.  If this process is process 1 of a
** container, the kernel ignores a signal with the default action.  Then _exit
** ends the process. */
static void end_at_once(int number) {
  sigset_t only;
  signal(number, SIG_DFL);
  sigemptyset(&only);
  sigaddset(&only, number);
  sigprocmask(SIG_UNBLOCK, &only, NULL);
  raise(number);
  _exit(128 + number);
}

static void on_signal(int number) {
  if (caught) {
    if (milliseconds_since(&caught_at) < SAME_SIGNAL_MS) return;
    end_at_once(number);
    return;
  }
  mk_interrupt_for(number);
}

bool mk_interrupted(void) {
  if (caught && is_stopping()) script->go_on();
  pending = 0;
  return caught != 0;
}

/* No signal may arrive between the test and the assignment. */
bool mk_interrupt_forget(void) {
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  bool only_stopped = caught == 0 || caught == SIGINT;
  if (only_stopped) {
    if (is_stopping()) script->go_on();
    pending = 0;
    caught = 0;
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  return only_stopped;
}

bool mk_interrupt_raised(void) {
  return caught && !pending && !is_stopping();
}

int mk_interrupt_number(void) {
  return caught;
}

double mk_interrupt_age(void) {
  return (double)milliseconds_since(&caught_at) / 1000;
}

const char *mk_interrupt_word(void) {
  if (caught == SIGPIPE) return NULL;
  if (caught == SIGTERM) return "terminated";
  return caught == SIGHUP ? "terminal gone" : "interrupted";
}

int mk_interrupt_code(void) {
  return 128 + caught;
}

void mk_interrupt_set_script(const struct mk_interrupt_script *s) {
  script = s;
}

void mk_interrupt_catch(void) {
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = on_signal}, before;
  sigemptyset(&action.sa_mask);
  /* SA_RESTART is not set, so that a signal also ends a read from the terminal.
  ** If mkrun was started with a signal ignored, for example by nohup, the
  ** signal stays ignored. */
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    if (sigaction(signals[i], NULL, &before) == 0 &&
        before.sa_handler != SIG_IGN)
      sigaction(signals[i], &action, NULL);
}
