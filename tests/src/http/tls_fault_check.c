/* tls_fault_check.c - what is said of a text of libcurl: tls_fault_check
** handshake|late|read TEXT [believed] [identified]
**
** Compiled by tls_fault_spec.lua together with src/http/tls_fault.c.
** SPDX-License-Identifier: MIT */
#include "http/tls_fault.h"

#include <stdio.h>
#include <string.h>

static bool has(int argc, char **argv, const char *word) {
  for (int i = 3; i < argc; i++)
    if (!strcmp(argv[i], word)) return true;
  return false;
}

int main(int argc, char **argv) {
  struct mk_tls_facts facts = {.curl_text = argv[2],
                               .believed = has(argc, argv, "believed"),
                               .identified = has(argc, argv, "identified")};
  const char *words = !strcmp(argv[1], "read")   ? mk_tls_read_fault(argv[2])
                      : !strcmp(argv[1], "late") ? mk_tls_late_refusal(&facts)
                                                 : mk_tls_fault(&facts);
  puts(words ? words : "nothing");
  return 0;
}
