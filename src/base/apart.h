/* apart.h - runs a function in a process of its own, for a second at most.
**
** Code that nobody trusts may take time for ever, in C code of a library too,
** where nothing but the kernel can stop it.  The processes exchange messages.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_APART_H
#define MK_BASE_APART_H

#include "base/buf.h"

#include <stdbool.h>
#include <sys/types.h>

/* Time that the process may compute, in seconds.  Waiting does not count. */
#define MK_APART_SECONDS 1

/* What a message is. */
enum mk_apart_kind {
  MK_APART_QUESTION = 'q', /* from the process: it waits for an answer */
  MK_APART_ANSWER = 'a',   /* to the process */
  MK_APART_REFUSAL = 'n',  /* to the process: why there is no answer */
  MK_APART_RESULT = 'r',   /* from the process: the last message */
  MK_APART_ERROR = 'e',    /* from the process: an error, the last message */
  MK_APART_MEMORY = 'm',   /* from the process: it has no memory left */
};

struct mk_apart {
  pid_t pid;
  /* This side of the socket to the process. */
  int fd;
};

/* Starts a process that calls `run` with its side of the socket and `data`, and
** then ends.  Returns 0 or an errno value. */
int mk_apart_start(struct mk_apart *a, void (*run)(int fd, void *data),
                   void *data);

/* Sends a message.  Returns false if the other side is gone. */
bool mk_apart_send(int fd, enum mk_apart_kind kind, const char *bytes,
                   size_t len);

/* Waits for a message and sets `text` to its bytes.  Returns false if the other
** side is gone, or if out of memory. */
bool mk_apart_receive(int fd, enum mk_apart_kind *kind, struct mk_buf *text);

/* Frees the socket and waits until the process has ended.  A process that waits
** for an answer ends at once, one that computes ends after a second at the
** latest.  Returns true if the process had computed for too long. */
bool mk_apart_end(struct mk_apart *a);

#endif
