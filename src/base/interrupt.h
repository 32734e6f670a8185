/* interrupt.h - whether SIGINT, SIGTERM or SIGHUP asked this run to end.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_INTERRUPT_H
#define MK_BASE_INTERRUPT_H

#include <stdbool.h>

/* How a script is stopped; lua/interrupt.c has one.  Each of them may be called
** by a signal handler. */
struct mk_interrupt_script {
  void (*stop)(void); /* raise "interrupted" at the next safe point */
  void (*go_on)(void);
  bool (*is_stopping)(void); /* stop was called, and nothing raised yet */
};

/* Catches the three signals from here on.  `script` must live as long as the
** process; NULL while there is none.  A second signal ends the process. */
void mk_interrupt_catch(void);
void mk_interrupt_set_script(const struct mk_interrupt_script *script);

/* Ends the script as such a signal does; SIGPIPE is one by this only. */
void mk_interrupt_for(int number);

/* Remembers the signal, and does not stop the script: the caller raises. */
void mk_interrupt_note(int number);

/* What happens between these two calls is not interrupted: a signal that comes
** meanwhile counts after the second one.  They nest. */
void mk_interrupt_hold(void);
void mk_interrupt_let(void);

/* Was there a signal?  The event loop asks after each wait.  A caller that gets
** true has to raise "interrupted": the script is not stopped a second time. */
bool mk_interrupted(void);

/* Has the error been raised, so that it is on its way to the host?  A caller
** that runs something and keeps its error asks before and after, and raises it
** again. */
bool mk_interrupt_raised(void);

/* Its number, 0 when there was none, and the seconds since it came: for callers
** that wait, and do not raise. */
int mk_interrupt_number(void);
double mk_interrupt_age(void);

/* Of a run that a signal ended: the text for standard error or NULL, and the
** exit code, 128 + the number of the signal. */
const char *mk_interrupt_word(void);
int mk_interrupt_code(void);

#endif
