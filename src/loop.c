/* loop.c - the event loop: transfers and timers, one turn at a time.
** SPDX-License-Identifier: MIT */
#include "loop.h"

#include "http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <time.h>

#define LONGEST_NAP 0.5 /* seconds until signals are looked at again */
#define KEPT_CONNECTIONS 64L

struct mk_loop {
  CURLM *multi;
  struct mk_transfer *running;
  struct mk_timer **heap; /* the next one first */
  size_t timers, cap;
  unsigned long order; /* timers started so far */
  unsigned long woken; /* `done` functions called so far */
};

double mk_loop_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct mk_loop *mk_loop_new(void) {
  struct mk_loop *loop = calloc(1, sizeof *loop);
  if (!loop) return NULL;
  loop->multi = curl_multi_init();
  if (loop->multi &&
      !curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS))
    return loop;
  mk_loop_free(loop);
  return NULL;
}

void mk_loop_free(struct mk_loop *loop) {
  if (!loop) return;
  while (loop->running) mk_loop_stop(loop->running);
  while (loop->timers > 0) mk_loop_unwake(loop->heap[0]);
  curl_multi_cleanup(loop->multi);
  free(loop->heap);
  free(loop);
}

/* Transfers. */

static void unlink_transfer(struct mk_transfer *t) {
  *t->link = t->next;
  if (t->next) t->next->link = t->link;
  t->loop = NULL;
}

static void link_transfer(struct mk_loop *loop, struct mk_transfer *t) {
  t->loop = loop;
  t->next = loop->running;
  t->link = &loop->running;
  if (t->next) t->next->link = &t->next;
  loop->running = t;
}

static bool attach(struct mk_loop *loop, struct mk_http *http) {
  if (!curl_multi_add_handle(loop->multi, mk_http_handle(http))) return true;
  mk_http_fail(http, "memory", "not enough memory");
  return false;
}

bool mk_loop_start(struct mk_loop *loop, struct mk_transfer *t) {
  mk_http_set_owner(t->http, t);
  if (!attach(loop, t->http)) return false;
  link_transfer(loop, t);
  return true;
}

void mk_loop_stop(struct mk_transfer *t) {
  if (!t->loop) return;
  curl_multi_remove_handle(t->loop->multi, mk_http_handle(t->http));
  unlink_transfer(t);
}

static void finish(struct mk_loop *loop, CURL *easy, CURLcode result) {
  struct mk_http *http = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&http);
  struct mk_transfer *t = mk_http_owner(http);
  curl_multi_remove_handle(loop->multi, easy);
  if (mk_http_again(http, (int)result) && attach(loop, http)) return;
  unlink_transfer(t);
  loop->woken++;
  t->done(t);
}

static void run_transfers(struct mk_loop *loop) {
  int running, left;
  if (curl_multi_perform(loop->multi, &running)) return;
  for (CURLMsg *m; (m = curl_multi_info_read(loop->multi, &left));)
    if (m->msg == CURLMSG_DONE) finish(loop, m->easy_handle, m->data.result);
}

/* Timers: a binary heap. */

static bool before(const struct mk_timer *a, const struct mk_timer *b) {
  return a->due < b->due || (a->due == b->due && a->order < b->order);
}

static void put(struct mk_loop *loop, size_t place, struct mk_timer *t) {
  loop->heap[place] = t;
  t->place = place;
}

static void sift_up(struct mk_loop *loop, size_t place, struct mk_timer *t) {
  while (place > 0 && before(t, loop->heap[(place - 1) / 2])) {
    put(loop, place, loop->heap[(place - 1) / 2]);
    place = (place - 1) / 2;
  }
  put(loop, place, t);
}

static void sift_down(struct mk_loop *loop, size_t place, struct mk_timer *t) {
  for (size_t child; (child = 2 * place + 1) < loop->timers; place = child) {
    if (child + 1 < loop->timers &&
        before(loop->heap[child + 1], loop->heap[child]))
      child++;
    if (!before(loop->heap[child], t)) break;
    put(loop, place, loop->heap[child]);
  }
  put(loop, place, t);
}

static bool room_for_timer(struct mk_loop *loop) {
  if (loop->timers < loop->cap) return true;
  size_t cap = loop->cap ? 2 * loop->cap : 16;
  struct mk_timer **heap = realloc(loop->heap, cap * sizeof *heap);
  if (!heap) return false;
  loop->heap = heap;
  loop->cap = cap;
  return true;
}

bool mk_loop_wake(struct mk_loop *loop, struct mk_timer *t, double seconds) {
  if (!room_for_timer(loop)) return false;
  t->loop = loop;
  t->due = mk_loop_now() + seconds;
  t->order = loop->order++;
  sift_up(loop, loop->timers++, t);
  return true;
}

void mk_loop_unwake(struct mk_timer *t) {
  struct mk_loop *loop = t->loop;
  if (!loop) return;
  t->loop = NULL;
  struct mk_timer *last = loop->heap[--loop->timers];
  if (last == t) return;
  sift_up(loop, t->place, last);
  if (last->place == t->place) sift_down(loop, t->place, last);
}

static void run_timers(struct mk_loop *loop) {
  double now = mk_loop_now();
  while (loop->timers > 0 && loop->heap[0]->due <= now) {
    struct mk_timer *t = loop->heap[0];
    mk_loop_unwake(t);
    loop->woken++;
    t->done(t);
  }
}

bool mk_loop_busy(const struct mk_loop *loop) {
  return loop->running || loop->timers > 0;
}

/* Rounded up: a timer must not be found to be early, again and again. */
static int nap(const struct mk_loop *loop) {
  double left = LONGEST_NAP;
  if (loop->timers > 0) left = loop->heap[0]->due - mk_loop_now();
  if (left > LONGEST_NAP) left = LONGEST_NAP;
  return left > 0 ? (int)(left * 1000) + 1 : 0;
}

void mk_loop_turn(struct mk_loop *loop, bool wait) {
  unsigned long woken = loop->woken;
  if (loop->running) run_transfers(loop);
  if (wait && woken == loop->woken)
    curl_multi_poll(loop->multi, NULL, 0, nap(loop), NULL);
  if (loop->running) run_transfers(loop);
  run_timers(loop);
}
