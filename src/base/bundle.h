/* bundle.h - the files that `mkrun bundle` put into this program.
**
** A bundle is a copy of mkrun with an archive at its end.  A program header of
** the copy makes the kernel load the archive into memory together with the
** program.  So mkrun never looks for its own file: a symbolic link, argv[0], an
** empty root without /proc, or a file that was replaced change nothing.  A
** mkrun without an archive makes no system call for it.
**
** host/bundle.c, host/script.c and host/searcher.c read the flow and its
** modules.  file.c reads all files of a bundle for scripts.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_BUNDLE_H
#define MK_BASE_BUNDLE_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum mk_bundle_kind {
  /* The flow.  Its name is the word SCRIPT by which it was bundled. */
  MK_BUNDLE_FLOW = 'f',
  /* A flow that each mkrun contains, such as "onboard".  It has no bytes. */
  MK_BUNDLE_BUILT_IN = 'b',
  /* A Lua module, such as "lib.names". */
  MK_BUNDLE_MODULE = 'm',
  /* A file for the flow to read.  Its name is its path. */
  MK_BUNDLE_DATA = 'd',
  /* An option of the flow, such as "--yes".  Its path is the name of its value,
  ** or "". */
  MK_BUNDLE_OPTION = 'o',
  /* What made the bundle: the name is the version of mkrun. */
  MK_BUNDLE_MAKER = 'v'
};

/* One entry of the archive.  All strings end with a NUL and are valid as long
** as the process runs. */
struct mk_bundle_entry {
  enum mk_bundle_kind kind;
  const char *name;
  /* The path of the file in messages, such as "lib/names.lua". */
  const char *path;
  const char *bytes;
  /* Length of `bytes`, without the NUL. */
  size_t len;
};

/* Finds the archive of this program and checks it.  Call it once, before the
** other functions.  Returns false and sets the fault if the archive is damaged.
** Ends the process with a message if the program's file was cut off. */
bool mk_bundle_open(struct mk_fault *fault);

/* Returns true if this program is a bundle, even a damaged one. */
bool mk_bundle_is_open(void);

/* Finds the first entry of this kind with this name, or with any name if `name`
** is NULL.  Returns false if there is none, or if this is no bundle. */
bool mk_bundle_find(enum mk_bundle_kind kind, const char *name,
                    struct mk_bundle_entry *entry);

/* Finds the file that a path names: the flow, a module or data.  "./" before
** the path does not count. */
bool mk_bundle_find_file(const char *path, struct mk_bundle_entry *entry);

/* Writes the absolute path that a file of the bundle, or a folder of files, has
** for scripts, below the current folder, to `place`, which has PATH_MAX bytes.
** Returns false if the bundle has no such file. */
bool mk_bundle_place(const char *path, char *place);

/* Opens the bytes of an entry as a stream for reading.  Returns NULL with errno
** set if out of memory. */
FILE *mk_bundle_stream(const struct mk_bundle_entry *entry);

#endif
