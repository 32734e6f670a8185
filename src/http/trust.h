/* trust.h - whom to believe about the name of a server.
**
** The first that is there: the file asked for (--cacert); the file named by
** SSL_CERT_FILE with the folders named by SSL_CERT_DIR; the system's bundle;
** the system's folder; the roots inside the binary.  One that is there and
** cannot be used is an error, so that nobody else is trusted silently.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TRUST_H
#define MK_HTTP_TRUST_H

#include <stdbool.h>
#include <stddef.h>

struct mk_trust; /* opaque: certificates as DER, indexed by subject */

/* Reads and indexes; no certificate is parsed before it is asked for.  NULL
** with a sentence in `error` when the store that counts is no good; errno is
** then what the machine lacked, such as memory, or 0. */
struct mk_trust *mk_trust_new(const char *cacert, char *error, size_t size);

void mk_trust_free(struct mk_trust *t);

/* "file ca.pem", "system /etc/...", "embedded roots"; for messages.  If a part
** of the store was passed over it is named: "...; /x/a.pem: Permission denied".
*/
const char *mk_trust_name(const struct mk_trust *t);

/* Writes which store is in force and how many roots it has; false, and then
** the text says what is wrong and errno is as above, when it cannot be used. */
bool mk_trust_describe(const char *cacert, char *text, size_t size);

#endif
