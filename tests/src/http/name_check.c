/* name_check.c - are the embedded roots where a chain looks for them?  Prints
** how many are not.  SPDX-License-Identifier: MIT */
#include "http/name.h"
#include "http/pem.h"
#include "http/roots.h"

#include <stdio.h>

int main(void) {
  size_t lost = 0;
  for (size_t i = 0; i < mk_roots_count; i++) {
    size_t len;
    const unsigned char *name = mk_der_subject(
        mk_roots_der + mk_roots[i].offset, mk_roots[i].length, &len);
    struct mk_der subject = {name, name + len};
    if (!name || mk_name_hash(subject) != mk_roots[i].hash) lost++;
  }
  printf("%s, %zu lost\n", mk_roots_count > 100 ? "many" : "few", lost);
  return 0;
}
