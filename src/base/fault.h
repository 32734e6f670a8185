/* fault.h - builds the error message that tells why a run cannot start.
**
** src/host and tags.c use it.  A message is never truncated, because redaction
** would not recognize a truncated secret.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_FAULT_H
#define MK_BASE_FAULT_H

#include <stdbool.h>

/* An error message.  Initialize the struct with {0}. */
struct mk_fault {
  /* The message.  NULL if no message was set or if out of memory. */
  char *text;
  /* True if the machine ran out of a resource, such as memory.  False if the
  ** user made a mistake. */
  bool machine;
};

/* Sets the message, formatted as by printf.  The new message replaces an
** earlier one.  Returns false, so that a caller can return the result of the
** call. */
__attribute__((format(printf, 2, 3))) bool
mk_fault_say(struct mk_fault *f, const char *format, ...);

/* Appends text, formatted as by printf, to the message. */
__attribute__((format(printf, 2, 3))) void
mk_fault_add(struct mk_fault *f, const char *format, ...);

/* Sets f->machine if the errno value `error` means that the machine ran out of
** a resource, such as memory or file descriptors.  Returns `error`. */
int mk_fault_note(struct mk_fault *f, int error);

/* Sets the message "not enough memory" and f->machine.  Returns false. */
bool mk_fault_memory(struct mk_fault *f);

/* Returns the message, or "not enough memory" if f->text is NULL.  The string
** is valid until the next call with this fault. */
const char *mk_fault_text(const struct mk_fault *f);

/* Frees the message and resets the fault, so that it can be used again. */
void mk_fault_free(struct mk_fault *f);

#endif
