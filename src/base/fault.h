/* fault.h - the error message that explains why a run cannot start.
**
** src/host and tags.c use it.  A message has any length and is never
** truncated: redaction would not recognize a truncated secret.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_FAULT_H
#define MK_BASE_FAULT_H

#include <stdbool.h>

/* Initialize with {0}: no message. */
struct mk_fault {
  char *text;   /* NULL: no message, or out of memory */
  bool machine; /* a lack of the machine, not a mistake of the user */
};

/* Sets the message; it replaces an earlier one.  Returns false. */
__attribute__((format(printf, 2, 3))) bool
mk_fault_say(struct mk_fault *f, const char *format, ...);

/* Appends to the message. */
__attribute__((format(printf, 2, 3))) void
mk_fault_add(struct mk_fault *f, const char *format, ...);

/* Sets f->machine if this errno value means that the machine lacks something,
** such as memory or descriptors.  Returns the value. */
int mk_fault_note(struct mk_fault *f, int error);

/* Sets "not enough memory".  Returns false. */
bool mk_fault_memory(struct mk_fault *f);

/* Returns the message, valid until the next call. */
const char *mk_fault_text(const struct mk_fault *f);

/* Frees the message.  The fault may be used again. */
void mk_fault_free(struct mk_fault *f);

#endif
