/* request_pool.c - exchanges that are over, kept for those that follow.
**
** What libcurl holds of an exchange, and its options that are the same for
** every one, stay; all else is forgotten.  Only a plain exchange that came to
** a regular end is kept, so that nothing has to be undone that an error, a
** client certificate or a password left behind.
** SPDX-License-Identifier: MIT */
#include "http/request_pool.h"

#include "http/request_impl.h"

#include <stdlib.h>
#include <string.h>

#define KEPT 16                  /* exchanges */
#define KEPT_BUF ((size_t)16384) /* bytes, of each of two buffers */

static struct mk_http *create(struct mk_http_env *env) {
  struct mk_http *h = calloc(1, sizeof *h);
  if (!h) return NULL;
  h->env = env;
  h->easy = curl_easy_init();
  if (h->easy && mk_http_set_always(h)) return h;
  curl_easy_cleanup(h->easy);
  free(h);
  return NULL;
}

struct mk_http *mk_http_new(struct mk_http_env *env) {
  struct mk_http_pool *pool = mk_http_env_pool(env);
  struct mk_http *h = pool->first;
  if (!h) return create(env);
  pool->first = h->next;
  h->next = NULL;
  pool->count--;
  return h;
}

/* The list holds the token: it does not stay in memory. */
static void free_fields(struct mk_http *h) {
  if (h->fields_end) *h->fields_end = NULL;
  for (struct curl_slist *f = h->fields; f; f = f->next)
    explicit_bzero(f->data, strlen(f->data));
  curl_slist_free_all(h->fields);
}

static void destroy(struct mk_http *h) {
  curl_easy_cleanup(h->easy);
  free_fields(h);
  mk_identity_free(&h->identity);
  mk_url_free(&h->url);
  mk_packed_free(&h->packed);
  mk_buf_free(&h->head);
  mk_buf_free(&h->body);
  free(h);
}

static void empty(struct mk_buf *b) {
  mk_buf_clear(b);
  if (b->cap > KEPT_BUF) mk_buf_free(b);
}

/* Into the pool, as if it were new. */
static bool keep(struct mk_http *h, struct mk_http_pool *pool) {
  if (!h->regular || h->special || h->url.has_password) return false;
  if (pool->count >= KEPT || !mk_http_unset(h)) return false;
  free_fields(h);
  mk_url_free(&h->url);
  mk_packed_free(&h->packed);
  empty(&h->head);
  empty(&h->body);
  *h = (struct mk_http){.easy = h->easy,
                        .env = h->env,
                        .head = h->head,
                        .body = h->body,
                        .next = pool->first};
  pool->first = h;
  pool->count++;
  return true;
}

void mk_http_free(struct mk_http *h) {
  if (h && !keep(h, mk_http_env_pool(h->env))) destroy(h);
}

void mk_http_pool_free(struct mk_http_pool *pool) {
  for (struct mk_http *h; (h = pool->first);) {
    pool->first = h->next;
    destroy(h);
  }
}
