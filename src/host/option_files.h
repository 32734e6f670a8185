/* option_files.h - checks the files that mkrun writes for its options.
**
** host/options.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_FILES_H
#define MK_HOST_OPTION_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct mk_fault;

struct mk_option_file {
  const char *name, *path; /* name of the option; path NULL or "": not given */
};

/* False if two options name the same file, because they would overwrite it.
** False if a path is "-", because that means standard output elsewhere. */
bool mk_option_files_check(const struct mk_option_file *list, size_t count,
                           struct mk_fault *fault);

#endif
