/* nonblock.c - nonblock FD COMMAND...: runs a command with a non-blocking
** descriptor.  Another program with the same pipe can cause this.
** SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int fd = argc > 2 ? atoi(argv[1]) : -1;
  if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) return 125;
  execvp(argv[2], argv + 2);
  return 127;
}
