/* interrupt.h - handles SIGINT, SIGTERM and SIGHUP, which ask this run to end.
**
** lua/interrupt.c stops the script, and output.c for SIGPIPE.  Code that waits
** asks here whether it should stop.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_INTERRUPT_H
#define MK_BASE_INTERRUPT_H

#include <stdbool.h>

/* Functions that stop a script and let it go on.  lua/interrupt.c has them.
** They must be safe to call in a signal handler. */
struct mk_interrupt_script {
  void (*stop)(void); /* raises "interrupted" at the next safe point */
  void (*go_on)(void);
  bool (*is_stopping)(void); /* stop was called, and has not raised yet */
};

/* Catches the three signals.  A second signal kills the process.  `script` must
** stay valid until the process exits; NULL means that no script runs. */
void mk_interrupt_catch(void);
void mk_interrupt_set_script(const struct mk_interrupt_script *script);

/* Stops the script as if this signal had arrived.  Output uses it for
** SIGPIPE. */
void mk_interrupt_for(int number);

/* Records the signal without stopping the script: the caller raises the
** error. */
void mk_interrupt_note(int number);

/* Defers signals between the two calls: a signal in between stops the script
** after mk_interrupt_let.  The calls nest. */
void mk_interrupt_hold(void);
void mk_interrupt_let(void);

/* Returns true if a signal arrived, and withdraws the stop.  So a caller that
** gets true must raise "interrupted" itself.  The event loop calls this after
** each wait. */
bool mk_interrupted(void);

/* Returns true once the "interrupted" error was raised.  A caller that catches
** errors must check this before and after the call, and raise the error again
** if it was raised in between. */
bool mk_interrupt_raised(void);

/* The signal number (0 if none) and the seconds since the signal.  For callers
** that wait but do not raise. */
int mk_interrupt_number(void);
double mk_interrupt_age(void);

/* For a run that a signal ended: the message for standard error, or NULL, and
** the exit code, which is 128 plus the signal number. */
const char *mk_interrupt_word(void);
int mk_interrupt_code(void);

#endif
