/* trust.h - chooses the trust store: the certificates that may sign a server's
** certificate.  session.c calls this file.
**
** mkrun uses the first of these places that exists: the file of --cacert; the
** file of SSL_CERT_FILE together with the folders of SSL_CERT_DIR; the system's
** bundle; the system's folder; the roots in the binary.  If that first place
** cannot be used, mkrun reports an error.  It does not silently use the next
** place.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TRUST_H
#define MK_HTTP_TRUST_H

#include <stdbool.h>
#include <stddef.h>

struct mk_trust; /* opaque: certificates as DER, indexed by subject */

/* Reads and indexes the certificates.  A certificate is parsed only when it is
** needed.  `cacert` is the path of the option --cacert, or NULL.  If the store
** cannot be used, writes a message into `error` (`size` bytes) and returns
** NULL.  Then errno is ENOMEM or a similar value if the machine ran out of a
** resource, else 0.  Free the store with mk_trust_free. */
struct mk_trust *mk_trust_new(const char *cacert, char *error, size_t size);

/* Frees a store.  `t` may be NULL. */
void mk_trust_free(struct mk_trust *t);

/* Returns the name of the store for messages: "file ca.pem", "system /etc/...",
** "embedded roots".  If a file was skipped, its path and the reason follow:
** "...; /x/a.pem: Permission denied".  The text is valid as long as the store.
** */
const char *mk_trust_name(const struct mk_trust *t);

/* Writes the name of the store and the number of its roots into `text` (`size`
** bytes).  If the store cannot be used, writes a message instead and returns
** false.  Then errno has the same value as after mk_trust_new. */
bool mk_trust_describe(const char *cacert, char *text, size_t size);

#endif
