/* interrupt.h - handles SIGINT, SIGTERM and SIGHUP, which ask this run to end.
**
** lua/interrupt.c provides the functions that stop the script.  output.c calls
** mk_interrupt_for after SIGPIPE.  Code that waits calls mk_interrupt_number or
** mk_interrupted to learn whether it should stop waiting.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_INTERRUPT_H
#define MK_BASE_INTERRUPT_H

#include <stdbool.h>

/* Functions that stop the running script and cancel the stop.  lua/interrupt.c
** provides these functions.  They must be safe to call in a signal handler. */
struct mk_interrupt_script {
  /* Makes the script raise the error "interrupted" at the next safe point. */
  void (*stop)(void);
  /* Cancels `stop`, if the script has not raised the error yet. */
  void (*go_on)(void);
  /* Returns true if `stop` was called and the script has not raised the error
  ** yet. */
  bool (*is_stopping)(void);
};

/* mk_interrupt_catch installs the handler for SIGINT, SIGTERM and SIGHUP.  A
** second signal kills the process.  mk_interrupt_set_script sets the functions
** that stop the script.  `script` must stay valid until the process exits.
** NULL means that no script is running. */
void mk_interrupt_catch(void);
void mk_interrupt_set_script(const struct mk_interrupt_script *script);

/* Stops the script as if the signal `number` had arrived.  output.c calls this
** function with SIGPIPE. */
void mk_interrupt_for(int number);

/* Records the signal without stopping the script.  The caller must raise the
** error "interrupted" itself. */
void mk_interrupt_note(int number);

/* mk_interrupt_hold defers signals until mk_interrupt_let.  If a signal arrives
** between the two calls, the script stops after mk_interrupt_let.  The pairs of
** calls can be nested. */
void mk_interrupt_hold(void);
void mk_interrupt_let(void);

/* Returns true if a signal arrived.  Then nothing else stops the script any
** more, so the caller must raise the error "interrupted" itself.  The event
** loop calls this function after each wait. */
bool mk_interrupted(void);

/* Forgets SIGINT, so that the run goes on after the script was stopped.
** Returns false if another signal arrived, which ends the run.  The prompt
** calls this function. */
bool mk_interrupt_forget(void);

/* Returns true after the error "interrupted" was raised.  Code that makes a
** protected call must call this function before and after the protected call.
** If the result changed to true, the code must raise the error again. */
bool mk_interrupt_raised(void);

/* mk_interrupt_number returns the number of the first signal, or 0 if there was
** none.  mk_interrupt_age returns the seconds since the first signal.  Called
** by code that waits but does not raise errors. */
int mk_interrupt_number(void);
double mk_interrupt_age(void);

/* Call these two functions if a signal ended the run.  mk_interrupt_word
** returns the message for standard error, or NULL for no message.
** mk_interrupt_code returns the exit code: 128 plus the signal number. */
const char *mk_interrupt_word(void);
int mk_interrupt_code(void);

#endif
