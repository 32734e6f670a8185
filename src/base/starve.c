/* starve.c - makes chosen allocations fail, so that tests can check how mkrun
** handles out-of-memory.  Only the debug build contains this code.
**
** MKRUN_STARVE=N makes the N-th allocation of the process fail.
** MKRUN_STARVE=N- makes the N-th and all later allocations fail.
** MKRUN_STARVE=N-M makes the allocations from N to M fail.
**
** MKRUN_STARVE_LOG=FILE writes a log to FILE: the number of each allocation
** with a call path that has not occurred before, and at the end the number of
** all allocations.
**
** The linker option --wrap replaces the allocating functions in mkrun and its
** libraries.  A call of a C library function that allocates internally, such as
** opendir, counts as one allocation.
** SPDX-License-Identifier: MIT */
#include <stddef.h>

#ifdef MK_DEBUG

#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Number of stack frames that identify a call path. */
#define DEPTH 14

/* Number of slots in the table of call paths; a power of two. */
#define PLACES (1u << 16)

static atomic_ulong count;
static unsigned long first, last;

/* --- Log of allocations --------------------------------------------------- */

static FILE *list;
static uint64_t seen[PLACES];

static uint64_t hash_place(void) {
  void *calls[DEPTH];
  int depth = backtrace(calls, DEPTH);
  uint64_t h = 14695981039346656037u;
  for (int i = 0; i < depth; i++)
    h = (h ^ (uintptr_t)calls[i]) * 1099511628211u;
  return h | 1;
}

/* Adds the hash of a call path to the table.  Returns false if the table
** already contains the hash or is full. */
static bool is_new(uint64_t place) {
  for (size_t i = place >> 32, tries = 0; tries < PLACES; i++, tries++) {
    uint64_t *slot = &seen[i & (PLACES - 1)];
    if (*slot == place) return false;
    if (*slot) continue;
    *slot = place;
    return true;
  }
  return false;
}

static void end_list(void) {
  fprintf(list, "all %lu\n", count);
  fclose(list);
  list = NULL;
}

/* --- Making allocations fail ---------------------------------------------- */

__attribute__((constructor)) static void read_variables(void) {
  const char *range = getenv("MKRUN_STARVE");
  const char *path = getenv("MKRUN_STARVE_LOG");
  char *end;
  if (range) {
    first = last = strtoul(range, &end, 10);
    if (*end == '-') last = end[1] ? strtoul(end + 1, NULL, 10) : -1ul;
  }
  if (path) list = fopen(path, "we");
  if (list) atexit(end_list);
  unsetenv("MKRUN_STARVE"); /* allocations of child processes must not fail */
  unsetenv("MKRUN_STARVE_LOG");
}

/* Counts an allocation.  Returns true if the allocation must fail. */
static bool must_fail(void) {
  unsigned long n = atomic_fetch_add(&count, 1) + 1;
  if (list && is_new(hash_place())) fprintf(list, "%lu\n", n);
  if (n < first || n > last) return false;
  errno = ENOMEM;
  return true;
}

/* --- Replacements for the allocating functions ---------------------------- */

#define WRAP(type, name, parameters, arguments, failure)                       \
  type __real_##name parameters;                                               \
  type __wrap_##name parameters;                                               \
  type __wrap_##name parameters {                                              \
    return must_fail() ? failure : __real_##name arguments;                    \
  }

WRAP(void *, malloc, (size_t size), (size), NULL)
WRAP(void *, calloc, (size_t n, size_t size), (n, size), NULL)
WRAP(void *, realloc, (void *block, size_t size), (block, size), NULL)
WRAP(char *, strdup, (const char *text), (text), NULL)
WRAP(char *, strndup, (const char *text, size_t len), (text, len), NULL)
WRAP(char *, realpath, (const char *path, char *real), (path, real), NULL)
WRAP(char *, getcwd, (char *path, size_t size), (path, size), NULL)
WRAP(DIR *, opendir, (const char *path), (path), NULL)
WRAP(FILE *, fopencookie,
     (void *cookie, const char *mode, cookie_io_functions_t functions),
     (cookie, mode, functions), NULL)
WRAP(int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes,
      void *(*run)(void *), void *argument),
     (thread, attributes, run, argument), EAGAIN)

int __wrap_asprintf(char **text, const char *format, ...);

__attribute__((format(printf, 2, 3))) int
__wrap_asprintf(char **text, const char *format, ...) {
  va_list arguments;
  if (must_fail()) return -1;
  va_start(arguments, format);
  int len = vasprintf(text, format, arguments);
  va_end(arguments);
  return len;
}

#endif
