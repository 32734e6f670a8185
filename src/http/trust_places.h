/* trust_places.h - lists the places where systems store their trusted
** certificates.  trust.c and lua/cage.c call this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TRUST_PLACES_H
#define MK_HTTP_TRUST_PLACES_H

#include <stdbool.h>

/* The paths of certificate bundles and folders on several distributions.  Each
** list ends with NULL. */
extern const char *const mk_trust_bundles[];
extern const char *const mk_trust_folders[];

/* A function that reads one file.  Returns false to end the walk. */
typedef bool mk_trust_file(void *arg, const char *path);

/* Calls `work` with `arg` for each file of a folder that has the name of a
** certificate: "5ed36f99.0", "*.pem", "*.crt", "*.cer".  A file with several
** names (links) is passed to `work` once.  Returns 0, or an errno value if the
** folder cannot be read.  Returns EFBIG if the folder has more than 10,000 such
** files. */
int mk_trust_walk(const char *folder, mk_trust_file *work, void *arg);

/* Calls `work` with `arg` for each file outside of the folders "A:B" that is
** the target of a link in them.  If `folders` is NULL, calls it for the
** system's bundles, or, if there is no bundle, for such files outside of the
** system's folders.  Returns false if not all files were visited, because there
** was no memory or `work` returned false.  A folder that cannot be read has no
** files. */
bool mk_trust_outside(const char *folders, mk_trust_file *work, void *arg);

#endif
