/* runner_wire.c - the packets between mkrun and its runner.
** SPDX-License-Identifier: MIT */
#include "base/runner_wire.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Room for the descriptors of a packet. */
union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int) * MK_RUNNER_FILES)];
};

/* Length of the descriptors alone.  In the whole room, which is rounded up, the
** kernel could put one descriptor more. */
#define CONTROL_LEN CMSG_LEN(sizeof(int) * MK_RUNNER_FILES)

int mk_runner_send(int socket, const struct mk_runner_packet *p) {
  union control control = {.bytes = {0}};
  struct iovec parts[] = {{p->head, p->head_len}, {p->text, p->text_len}};
  struct msghdr m = {.msg_iov = parts, .msg_iovlen = p->text_len ? 2 : 1};
  size_t size = sizeof(int) * p->file_count;
  if (p->file_count > 0) {
    m.msg_control = control.bytes;
    m.msg_controllen = (socklen_t)CMSG_SPACE(size);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = (socklen_t)CMSG_LEN(size);
    memcpy(CMSG_DATA(c), p->files, size);
  }
  ssize_t sent;
  do sent = sendmsg(socket, &m, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? errno : 0;
}

/* Takes the descriptors out of a message. */
static void take_files(struct mk_runner_packet *p, struct msghdr *m) {
  const struct cmsghdr *c = CMSG_FIRSTHDR(m);
  p->file_count = 0;
  if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) return;
  p->file_count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  memcpy(p->files, CMSG_DATA(c), p->file_count * sizeof(int));
}

int mk_runner_receive(int socket, struct mk_runner_packet *p, int flags) {
  union control control = {.bytes = {0}};
  struct iovec parts[] = {{p->head, p->head_len}, {p->text, p->text_len}};
  struct msghdr m = {.msg_iov = parts,
                     .msg_iovlen = p->text_len ? 2 : 1,
                     .msg_control = control.bytes,
                     .msg_controllen = CONTROL_LEN};
  ssize_t len;
  do len = recvmsg(socket, &m, flags | MSG_CMSG_CLOEXEC);
  while (len < 0 && errno == EINTR);
  if (len < 0) return errno == ECONNRESET ? EPIPE : errno;
  take_files(p, &m);
  if (len == 0) return EPIPE;
  bool whole = !(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC));
  if (whole && (size_t)len >= p->head_len) {
    p->text_len = (size_t)len - p->head_len;
    return 0;
  }
  for (size_t i = 0; i < p->file_count; i++) close(p->files[i]);
  p->file_count = 0;
  return EPROTO;
}
