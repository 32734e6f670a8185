/* interface_check.c - prints whether interface.c finds the same numbers as the
** C library.
**
** Compiled by interface_spec.lua together with src/http/interface.c.
** SPDX-License-Identifier: MIT */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>

unsigned __wrap_if_nametoindex(const char *name);

int main(void) {
  static const char *const names[] = {
      "lo", "", "no-such-one", "sixteen-letters!", "more-than-sixteen-letters"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    errno = 0;
    unsigned theirs = if_nametoindex(names[i]);
    int their_error = theirs ? 0 : errno;
    errno = 0;
    unsigned ours = __wrap_if_nametoindex(names[i]);
    int our_error = ours ? 0 : errno;
    printf("%s: %s\n", names[i],
           ours == theirs && our_error == their_error ? "same" : "differs");
  }
  printf("lo: %s\n", __wrap_if_nametoindex("lo") ? "there" : "missing");
  return 0;
}
