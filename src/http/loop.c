/* loop.c - the event loop: runs exchanges and timers.
** SPDX-License-Identifier: MIT */
#include "http/loop.h"

#include "base/clock.h"
#include "http/request.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#define LONGEST_NAP 0.5 /* limit for the sleep of one turn, in seconds */
/* limit for the sleep while exchanges are in the queue, in seconds */
#define QUEUE_NAP 0.05
/* limit for the exchanges in libcurl; the others wait in the queue */
#define MOST_AT_ONCE 256

struct mk_loop {
  CURLM *multi;
  struct pollfd *sockets; /* the sockets that libcurl waits for */
  size_t count, room;     /* used and allocated entries of `sockets` */
  struct mk_transfer *running;
  struct mk_transfer *queue, **queue_end;
  int active; /* number of exchanges given to libcurl */
  /* binary heap of timers; the next timer to expire is first */
  struct mk_timer **heap;
  size_t timers, cap;  /* used and allocated entries of the heap */
  unsigned long order; /* number of timers started so far */
  unsigned long woken; /* number of calls of `done` functions so far */
};

double mk_loop_now(void) {
  return mk_clock_now(CLOCK_MONOTONIC);
}

/* Returns the array `list` with room for one more entry than `used`, or NULL if
** out of memory.  An entry has `size` bytes. */
static void *with_room(void *list, size_t used, size_t *cap, size_t size) {
  if (used < *cap) return list;
  size_t more = *cap ? 2 * *cap : 16;
  void *moved = realloc(list, more * size);
  if (moved) *cap = more;
  return moved;
}

static bool add_socket(struct mk_loop *loop, curl_socket_t fd) {
  struct pollfd *sockets =
      with_room(loop->sockets, loop->count, &loop->room, sizeof *sockets);
  if (!sockets) return false;
  loop->sockets = sockets;
  sockets[loop->count++] = (struct pollfd){.fd = fd};
  return true;
}

/* libcurl calls this function when it waits for other events of a socket than
** before: four times for each request in turn, so this function makes no system
** call.  If this function returns -1, libcurl ends all exchanges. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
                     void *known) {
  struct mk_loop *loop = arg;
  size_t i = 0;
  (void)easy, (void)known;
  while (i < loop->count && loop->sockets[i].fd != fd) i++;
  if (what == CURL_POLL_REMOVE) {
    if (i < loop->count) loop->sockets[i] = loop->sockets[--loop->count];
    return 0;
  }
  if (i == loop->count && !add_socket(loop, fd)) return -1;
  loop->sockets[i].events = (short)((what & CURL_POLL_IN ? POLLIN : 0) |
                                    (what & CURL_POLL_OUT ? POLLOUT : 0));
  return 0;
}

/* Allows the program to end while a thread of libcurl still waits for a name
** server.  Before libcurl 8.20, the option of the request CURLOPT_QUICK_EXIT
** did the same. */
static bool leave_lookups(struct mk_loop *loop) {
#if LIBCURL_VERSION_NUM >= 0x081400
  return !curl_multi_setopt(loop->multi, CURLMOPT_QUICK_EXIT, 1L);
#else
  return loop;
#endif
}

static bool set_up(struct mk_loop *loop) {
  loop->multi = curl_multi_init();
  return loop->multi &&
         !curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, on_socket) &&
         !curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop) &&
         !curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS,
                            (long)MOST_AT_ONCE) &&
         leave_lookups(loop);
}

struct mk_loop *mk_loop_new(void) {
  struct mk_loop *loop = calloc(1, sizeof *loop);
  if (!loop) return NULL;
  loop->queue_end = &loop->queue;
  if (set_up(loop)) return loop;
  mk_loop_free(loop);
  return NULL;
}

void mk_loop_free(struct mk_loop *loop) {
  if (!loop) return;
  while (loop->running) mk_loop_stop(loop->running);
  while (loop->queue) mk_loop_stop(loop->queue);
  while (loop->timers > 0) mk_loop_unwake(loop->heap[0]);
  curl_multi_cleanup(loop->multi);
  free(loop->sockets);
  free(loop->heap);
  free(loop);
}

/* The functions below handle transfers.  Each transfer is first in the list
** `queue`, then in the list `running`. */

static void unlink_transfer(struct mk_transfer *t) {
  if (t->loop->queue_end == &t->next) t->loop->queue_end = t->link;
  *t->link = t->next;
  if (t->next) t->next->link = t->link;
  t->next = NULL;
}

static void link_transfer(struct mk_transfer **link, struct mk_transfer *t) {
  t->next = *link;
  t->link = link;
  if (t->next) t->next->link = &t->next;
  *link = t;
}

/* Removes a transfer from libcurl and from its list. */
static void take_out(struct mk_transfer *t) {
  struct mk_loop *loop = t->loop;
  if (t->active) {
    curl_multi_remove_handle(loop->multi, mk_http_handle(t->http));
    mk_http_leave(t->http);
    loop->active--;
  }
  t->active = false;
  unlink_transfer(t);
  t->loop = NULL;
}

static bool attach(struct mk_loop *loop, struct mk_http *http) {
  if (!curl_multi_add_handle(loop->multi, mk_http_handle(http))) return true;
  mk_http_fail(http, "memory", "not enough memory");
  return false;
}

static void end(struct mk_transfer *t) {
  struct mk_loop *loop = t->loop;
  take_out(t);
  loop->woken++;
  t->done(t);
}

static void give_to_curl(struct mk_transfer *t) {
  struct mk_loop *loop = t->loop;
  unlink_transfer(t);
  link_transfer(&loop->running, t);
  t->active = true;
  loop->active++;
  if (mk_http_error(t->http) || !attach(loop, t->http)) end(t);
}

/* Starts queued transfers in their order.  Some transfers must wait for the
** first exchange with their server (site.h).  They do not block the transfers
** after them. */
static void serve_queue(struct mk_loop *loop) {
  struct mk_transfer *next;
  double now = mk_loop_now();
  for (struct mk_transfer *t = loop->queue; t && loop->active < MOST_AT_ONCE;
       t = next) {
    next = t->next;
    if (mk_http_enter(t->http, now)) give_to_curl(t);
  }
}

void mk_loop_start(struct mk_loop *loop, struct mk_transfer *t) {
  mk_http_set_owner(t->http, t);
  t->loop = loop;
  link_transfer(loop->queue_end, t);
  loop->queue_end = &t->next;
}

void mk_loop_stop(struct mk_transfer *t) {
  if (t->loop) take_out(t);
}

static void finish(struct mk_loop *loop, CURL *easy, CURLcode result) {
  struct mk_http *http = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&http);
  curl_multi_remove_handle(loop->multi, easy);
  if (!mk_http_again(http, (int)result) || !attach(loop, http))
    end(mk_http_owner(http));
}

static void fail_all(struct mk_loop *loop) {
  while (loop->running) {
    mk_http_fail(loop->running->http, "memory", "not enough memory");
    end(loop->running);
  }
}

/* Reports the events `what` of socket `fd` to libcurl.  If `fd` is
** CURL_SOCKET_TIMEOUT, reports that a timeout of libcurl has passed. */
static void drive(struct mk_loop *loop, curl_socket_t fd, int what) {
  int running, left;
  if (curl_multi_socket_action(loop->multi, fd, what, &running)) {
    fail_all(loop);
    return;
  }
  for (CURLMsg *m; (m = curl_multi_info_read(loop->multi, &left));)
    if (m->msg == CURLMSG_DONE) finish(loop, m->easy_handle, m->data.result);
}

/* Returns the number of milliseconds until the next timeout of libcurl, or -1
** if there is none. */
static long curl_due(const struct mk_loop *loop) {
  long ms = -1;
  curl_multi_timeout(loop->multi, &ms);
  return ms;
}

/* Waits for socket events, at most `ms` milliseconds, and reports them to
** libcurl.  A signal ends the wait.  The last socket is first, because libcurl
** may remove any socket meanwhile, and then the last one takes its place. */
static void run_sockets(struct mk_loop *loop, int ms) {
  if (poll(loop->sockets, loop->count, ms) <= 0) return;
  for (size_t i = loop->count; i-- > 0;) {
    if (i >= loop->count || !loop->sockets[i].revents) continue;
    struct pollfd s = loop->sockets[i];
    int what = 0;
    loop->sockets[i].revents = 0;
    if (s.revents & POLLIN) what |= CURL_CSELECT_IN;
    if (s.revents & POLLOUT) what |= CURL_CSELECT_OUT;
    if (s.revents & (POLLERR | POLLHUP | POLLNVAL)) what |= CURL_CSELECT_ERR;
    drive(loop, s.fd, what);
  }
}

/* The functions below handle timers, which are in a binary heap. */

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
  struct mk_timer **heap =
      with_room(loop->heap, loop->timers, &loop->cap, sizeof *heap);
  if (heap) loop->heap = heap;
  return heap;
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
  return loop->running || loop->queue || loop->timers > 0;
}

/* Returns the number of milliseconds to sleep.  Rounds up, because otherwise
** the loop would wake several times just before a timer expires. */
static int nap(const struct mk_loop *loop) {
  double left = loop->queue ? QUEUE_NAP : LONGEST_NAP;
  double due = loop->timers > 0 ? loop->heap[0]->due - mk_loop_now() : left;
  if (due < left) left = due;
  int ms = left > 0 ? (int)(left * 1000) + 1 : 0;
  long curl_ms = curl_due(loop);
  return curl_ms >= 0 && curl_ms < ms ? (int)curl_ms : ms;
}

/* Moves a simulated clock to the next timer.  Returns false if there is a real
** wait. */
static bool skip(const struct mk_loop *loop) {
  if (!mk_clock_is_simulated() || loop->running || loop->timers == 0)
    return false;
  mk_clock_pass(loop->heap[0]->due - mk_loop_now());
  return true;
}

void mk_loop_turn(struct mk_loop *loop, bool wait) {
  unsigned long woken = loop->woken;
  if (loop->queue) serve_queue(loop);
  if (curl_due(loop) == 0) drive(loop, CURL_SOCKET_TIMEOUT, 0);
  /* libcurl may have finished the first exchange with a server */
  if (loop->queue) serve_queue(loop);
  bool idle = wait && woken == loop->woken && !skip(loop);
  if (idle || loop->active > 0) run_sockets(loop, idle ? nap(loop) : 0);
  run_timers(loop);
}
