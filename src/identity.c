/* identity.c - a client certificate and its key.
**
** libcurl reuses a connection for another request when the certificate is the
** same, and does not look at the key.  So the certificate that it sees ends
** with a line made from the key: one identity, one set of connections.
** SPDX-License-Identifier: MIT */
#include "identity.h"

#include <errno.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <string.h>

#define MAX_PEM (1u << 20)

static bool read_pem(struct mk_buf *b, const char *path, char *error,
                     size_t size) {
  mk_buf_init(b, MAX_PEM);
  bool ok = mk_buf_read_file(b, path);
  if (!ok)
    snprintf(error, size, "%s: %s", path, strerror(errno));
  else if (!(ok = b->data && strstr(b->data, "-----BEGIN ")))
    snprintf(error, size, "%s: not a PEM file", path);
  return ok;
}

static bool add_mark(struct mk_identity *id) {
  unsigned char hash[32];
  char mark[2 * sizeof hash + 1];
  const unsigned char *key = (const unsigned char *)id->key.data;
  if (mbedtls_sha256(key, id->key.len, hash, 0)) return false;
  for (size_t i = 0; i < sizeof hash; i++)
    snprintf(mark + 2 * i, 3, "%02x", hash[i]);
  return mk_buf_puts(&id->cert, "\n") && mk_buf_puts(&id->cert, mark);
}

bool mk_identity_load(struct mk_identity *id, const char *cert, const char *key,
                      char *error, size_t size) {
  if (!read_pem(&id->cert, cert, error, size) ||
      !read_pem(&id->key, key, error, size))
    return false;
  if (add_mark(id)) return true;
  snprintf(error, size, "%s: too large", cert);
  return false;
}

void mk_identity_free(struct mk_identity *id) {
  mk_buf_wipe(&id->cert); /* it may hold the key, too */
  mk_buf_wipe(&id->key);
  mk_buf_free(&id->cert);
  mk_buf_free(&id->key);
}
