/* trust.h - chooses the trust store: the certificates that may sign a server's
** certificate.  session.c calls this.
**
** mkrun uses the first of these that exists: the file of --cacert; the file of
** SSL_CERT_FILE together with the folders of SSL_CERT_DIR; the system's bundle;
** the system's folder; the roots in the binary.  If this first one cannot be
** used, that is an error: mkrun does not silently trust the next one.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TRUST_H
#define MK_HTTP_TRUST_H

#include <stdbool.h>
#include <stddef.h>

struct mk_trust; /* opaque: certificates as DER, indexed by subject */

/* Reads the certificates and indexes them.  Parses a certificate only when it
** is needed.  `cacert` is a path or NULL.  Returns NULL if the store cannot be
** used.  Then `error` (`size` bytes) says why, and errno is what the machine
** lacked, such as ENOMEM, or 0.  Free the store with mk_trust_free. */
struct mk_trust *mk_trust_new(const char *cacert, char *error, size_t size);

/* Frees a store, NULL allowed. */
void mk_trust_free(struct mk_trust *t);

/* Returns the name of the store for messages: "file ca.pem", "system /etc/...",
** "embedded roots".  The name of the first skipped file follows, if any:
** "...; /x/a.pem: Permission denied".  The text is valid as long as the store.
*/
const char *mk_trust_name(const struct mk_trust *t);

/* Writes which store is used and how many roots it has into `text` (`size`
** bytes).  Returns false if the store cannot be used.  Then `text` says why,
** and errno is the same as after mk_trust_new. */
bool mk_trust_describe(const char *cacert, char *text, size_t size);

#endif
