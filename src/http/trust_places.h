/* trust_places.h - where a system keeps the certificates that it trusts.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TRUST_PLACES_H
#define MK_HTTP_TRUST_PLACES_H

#include <stdbool.h>

/* Bundles and folders of distributions; each list ends with NULL. */
extern const char *const mk_trust_bundles[];
extern const char *const mk_trust_folders[];

/* What to do with one file; false ends the walk. */
typedef bool mk_trust_file(void *arg, const char *path);

/* Walks over the files of a folder that are named as certificates are:
** "5ed36f99.0", "*.pem", "*.crt", "*.cer".  A file with several names (links)
** comes once.  Returns 0, or an errno value when the folder cannot be read:
** EFBIG when it has more than 10,000 such names. */
int mk_trust_walk(const char *folder, mk_trust_file *work, void *arg);

#endif
