/* option_files.h - the files that options have mkrun write.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_FILES_H
#define MK_HOST_OPTION_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct mk_fault;

struct mk_option_file {
  const char *name, *path; /* of the option; NULL or "" when it is not given */
};

/* False when two of them are one file, which would hold neither, or when one
** is "-": that is standard output elsewhere, and would be a file here. */
bool mk_option_files_check(const struct mk_option_file *list, size_t count,
                           struct mk_fault *fault);

#endif
