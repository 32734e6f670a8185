/* request_body.c - stores the response body, and decompresses the body if mkrun
** asked for gzip.  libcurl calls mk_http_on_body.
** SPDX-License-Identifier: MIT */
#include "http/request.h"
#include "http/request_impl.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

bool mk_http_keep(struct mk_http *h, struct mk_buf *buf, const char *bytes,
                  size_t len, bool *full) {
  if (mk_buf_add(buf, bytes, len)) return true;
  *full = mk_buf_why(buf, len) == EFBIG;
  h->no_memory = !*full;
  return false;
}

static bool keep_body(void *arg, const char *bytes, size_t len) {
  struct mk_http *h = arg;
  return mk_http_keep(h, &h->body, bytes, len, &h->body_full);
}

static bool is(const struct mk_http_field *f, const char *value) {
  return strlen(value) == f->value_len &&
         !strncasecmp(f->value, value, f->value_len);
}

/* Returns how to treat the body, according to the response header.  If the
** script itself set the header field Accept-Encoding, the script gets the body
** as received. */
static enum mk_unpacking unpacking(const struct mk_http *h) {
  enum mk_unpacking found = MK_AS_IT_IS;
  struct mk_http_field f;
  const char *at = NULL;
  while (!h->has_encoding &&
         mk_http_next_field(h->head.data, h->head.len, &at, &f)) {
    if (!mk_http_is_named(&f, "content-encoding") || f.value_len == 0 ||
        is(&f, "identity"))
      continue;
    bool known = is(&f, "gzip") || is(&f, "x-gzip") || is(&f, "deflate");
    found = known && found == MK_AS_IT_IS ? MK_UNPACK : MK_CANNOT_UNPACK;
  }
  return found;
}

static bool begin(struct mk_http *h) {
  h->unpacking = unpacking(h);
  h->packed.wrong = NULL;
  if (h->unpacking != MK_UNPACK) return true;
  h->no_memory = !mk_packed_open(&h->packed);
  return !h->no_memory;
}

static bool add(struct mk_http *h, const char *bytes, size_t len) {
  if (h->unpacking == MK_UNDECIDED && !begin(h)) return false;
  if (h->unpacking == MK_AS_IT_IS) return keep_body(h, bytes, len);
  if (h->unpacking == MK_UNPACK)
    return mk_packed_add(&h->packed, bytes, len, keep_body, h);
  h->packed.wrong = "is packed in a way that mkrun does not know";
  return false;
}

size_t mk_http_on_body(char *bytes, size_t size, size_t n, void *arg) {
  return add(arg, bytes, size * n) ? size * n : CURL_WRITEFUNC_ERROR;
}
