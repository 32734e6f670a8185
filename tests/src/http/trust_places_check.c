/* trust_places_check.c - FOLDERS: does a walk without memory say so?
**
** Lets each allocation fail in turn.  Prints how many did, and how many walks
** then named fewer files without saying so.
** SPDX-License-Identifier: MIT */
#include "http/trust_places.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int until_failure, failures;

/* Returns true if this allocation has to fail. */
static bool fails(void) {
  if (--until_failure != 0) return false;
  failures++;
  errno = ENOMEM;
  return true;
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
int __wrap_asprintf(char **text, const char *format, ...);
void *__real_opendir(const char *name);
void *__wrap_opendir(const char *name);

char *__wrap_strdup(const char *text) {
  return fails() ? NULL : __real_strdup(text);
}

int __wrap_asprintf(char **text, const char *format, ...) {
  va_list list;
  if (fails()) return -1;
  va_start(list, format);
  int size = vasprintf(text, format, list);
  va_end(list);
  return size;
}

void *__wrap_opendir(const char *name) {
  return fails() ? NULL : __real_opendir(name);
}

static bool count(void *arg, const char *path) {
  (void)path;
  ++*(int *)arg;
  return true;
}

static bool stop(void *arg, const char *path) {
  (void)path;
  return ++*(int *)arg < 2;
}

int main(int argc, char **argv) {
  int all = 0, silent = 0, stopped = 0;
  if (argc != 2 || !mk_trust_outside(argv[1], count, &all)) return 1;
  for (int n = 1; failures == n - 1; n++) {
    int some = 0;
    until_failure = n;
    if (mk_trust_outside(argv[1], count, &some) && some != all) silent++;
  }
  until_failure = 0;
  bool ended = !mk_trust_outside(argv[1], stop, &stopped) && stopped == 2;
  printf("%d files, %d failures, %d silent, %s\n", all, failures, silent,
         ended ? "ended" : "not ended");
  return 0;
}
