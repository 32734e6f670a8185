/* fault.h - why a run cannot begin, in a sentence of any length.
**
** A sentence is never cut: half a secret would not be known as one.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_FAULT_H
#define MK_BASE_FAULT_H

#include <stdarg.h>
#include <stdbool.h>

/* {0} is one without a sentence. */
struct mk_fault {
  char *text;   /* NULL: nothing said, or memory ended */
  bool machine; /* the machine lacks something: the user did nothing wrong */
};

/* Says the sentence, in the place of what was said before. */
__attribute__((format(printf, 2, 3))) void
mk_fault_say(struct mk_fault *f, const char *format, ...);

/* The same for a function with "..." of its own. */
__attribute__((format(printf, 2, 0))) void
mk_fault_say_list(struct mk_fault *f, const char *format, va_list args);

/* Adds to the sentence. */
__attribute__((format(printf, 2, 3))) void
mk_fault_add(struct mk_fault *f, const char *format, ...);

/* Notes whether this errno value is the machine's fault (memory, descriptors),
** and returns it. */
int mk_fault_note(struct mk_fault *f, int error);

/* Says "not enough memory"; returns false. */
bool mk_fault_memory(struct mk_fault *f);

/* The sentence; valid until the next call. */
const char *mk_fault_text(const struct mk_fault *f);

/* The fault may be used again. */
void mk_fault_free(struct mk_fault *f);

#endif
