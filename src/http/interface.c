/* interface.c - finds the number of a network interface, such as "eth0" in
** "fe80::1%eth0".
**
** The linker option --wrap replaces the C library's function, which libcurl and
** musl's resolver call.  That function asks over a Unix socket.  A confined run
** gets no Unix sockets, because they lead to other programs of the machine; any
** other socket answers as well.
** SPDX-License-Identifier: MIT */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

unsigned __wrap_if_nametoindex(const char *name);

static int open_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return fd >= 0 ? fd : socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* Returns 0 with errno set if there is no such interface, as POSIX says. */
unsigned __wrap_if_nametoindex(const char *name) {
  struct ifreq request = {.ifr_ifindex = 0};
  size_t len = strlen(name);
  int fd = len < sizeof request.ifr_name ? open_socket() : -1;
  if (len >= sizeof request.ifr_name) errno = ENODEV;
  if (fd < 0) return 0;
  memcpy(request.ifr_name, name, len + 1);
  int result = ioctl(fd, SIOCGIFINDEX, &request);
  int error = errno;
  close(fd);
  errno = error;
  return result < 0 ? 0 : (unsigned)request.ifr_ifindex;
}
