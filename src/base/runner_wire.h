/* runner_wire.h - the packets between mkrun and its runner.
**
** runner.c and runner_serve.c use it.  Each packet goes over a SOCK_SEQPACKET
** socket, so it arrives whole.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_RUNNER_WIRE_H
#define MK_BASE_RUNNER_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes of the longest command with its zero byte: the limit of Linux for one
** argument of a program (MAX_ARG_STRLEN). */
#define MK_RUNNER_TEXT_MAX 131072

/* Number of the descriptors that a command gets: 0 to 2. */
enum { MK_RUNNER_FILES = 3 };

enum { MK_RUNNER_START = 1, MK_RUNNER_SIGNAL };  /* kinds of requests */
enum { MK_RUNNER_STARTED = 1, MK_RUNNER_ENDED }; /* kinds of answers */

/* From mkrun to the runner. */
struct mk_runner_request {
  int32_t kind;
  /* For MK_RUNNER_SIGNAL: the command, and the number of the signal. */
  int32_t pid, number;
  /* For MK_RUNNER_START: bit N is set if the command has the descriptor N.  The
  ** packet has these descriptors, and after this struct the command. */
  uint32_t given;
};

/* From the runner to mkrun. */
struct mk_runner_answer {
  /* MK_RUNNER_STARTED answers MK_RUNNER_START.  MK_RUNNER_ENDED comes later. */
  int32_t kind;
  int32_t pid;
  /* MK_RUNNER_STARTED: 0 or an errno value.  MK_RUNNER_ENDED: the status from
  ** waitpid. */
  int32_t value;
};

/* A packet as it is sent and received. */
struct mk_runner_packet {
  /* The first bytes, always there. */
  void *head;
  size_t head_len;
  /* The other bytes.  `text_len` is the room for them when receiving. */
  void *text;
  size_t text_len;
  /* Descriptors.  `file_count` is at most MK_RUNNER_FILES. */
  int files[MK_RUNNER_FILES];
  size_t file_count;
};

/* Sends the packet.  Returns 0 or an errno value. */
int mk_runner_send(int socket, const struct mk_runner_packet *p);

/* Receives a packet into the places that `p` names.  Sets p->text_len, p->files
** and p->file_count.  `flags` are those of recvmsg.  The caller closes the
** descriptors.  Returns 0 or an errno value: EPIPE if the other side is gone,
** EPROTO if the packet has another shape (then there are no descriptors). */
int mk_runner_receive(int socket, struct mk_runner_packet *p, int flags);

#endif
