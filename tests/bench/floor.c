/* floor.c - what libcurl itself needs: the same requests from plain C.
**
**   floor URL COUNT IN_FLIGHT h1|h2 CACERT
**
** Fetches URL COUNT times, IN_FLIGHT at a time, and prints the seconds that
** it took.  No scheduler, no Lua, no layers: handles that are set up once and
** used again, and libcurl's own loop.
**
** It does what every client has to do for each request: sets the URL, because
** the next request has another one, has a time limit, and keeps the header and
** the body of the answer until the answer has been looked at.
** SPDX-License-Identifier: MIT */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct run {
  const char *url;
  struct curl_blob cacert;
  long version;
  long left, active, failed;
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Reads the certificates, since this mbedTLS opens no files.  A NUL is behind
** them, as its parser wants it. */
static struct curl_blob read_file(const char *path) {
  struct curl_blob blob = {.flags = CURL_BLOB_NOCOPY};
  static char text[4 << 20];
  FILE *file = fopen(path, "rb");
  blob.data = text;
  if (file) blob.len = fread(text, 1, sizeof text - 1, file);
  if (file) fclose(file);
  return blob;
}

/* What a request keeps: the header, then the body. */
struct answer {
  char *data;
  size_t len, cap;
};

static size_t keep(char *bytes, size_t size, size_t n, void *arg) {
  struct answer *a = arg;
  size_t len = size * n;
  if (len > a->cap - a->len) {
    size_t cap = 2 * (a->len + len);
    char *data = realloc(a->data, cap);
    if (!data) return CURL_WRITEFUNC_ERROR;
    a->data = data;
    a->cap = cap;
  }
  memcpy(a->data + a->len, bytes, len);
  a->len += len;
  return len;
}

static CURL *new_handle(const struct run *run) {
  CURL *easy = curl_easy_init();
  struct answer *answer = calloc(1, sizeof *answer);
  if (!easy || !answer) return NULL;
  curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &run->cacert);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, run->version);
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT,
                   run->version == CURL_HTTP_VERSION_2TLS ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, answer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, keep);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, answer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 10L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  return easy;
}

static struct answer *answer_of(CURL *easy) {
  char *answer = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &answer);
  return (struct answer *)answer;
}

static void start(CURLM *multi, struct run *run, CURL *easy) {
  answer_of(easy)->len = 0;
  curl_easy_setopt(easy, CURLOPT_URL, run->url);
  curl_multi_add_handle(multi, easy);
  run->left--;
  run->active++;
}

static void free_handle(CURL *easy) {
  struct answer *answer = answer_of(easy);
  curl_easy_cleanup(easy);
  free(answer->data);
  free(answer);
}

static void finish(CURLM *multi, struct run *run, const CURLMsg *message) {
  CURL *easy = message->easy_handle;
  long status = 0;
  if (message->data.result == CURLE_OK)
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) run->failed++;
  curl_multi_remove_handle(multi, easy);
  run->active--;
  if (run->left > 0)
    start(multi, run, easy);
  else
    free_handle(easy);
}

static void perform(CURLM *multi, struct run *run) {
  int running, queued;
  while (run->active > 0) {
    curl_multi_perform(multi, &running);
    bool done = false;
    for (CURLMsg *m; (m = curl_multi_info_read(multi, &queued)); done = true)
      finish(multi, run, m);
    if (!done) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
}

static int fetch_all(struct run *run, long in_flight) {
  CURLM *multi = curl_multi_init();
  if (!multi) return 1;
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, in_flight);
  while (run->active < in_flight && run->left > 0) {
    CURL *easy = new_handle(run);
    if (!easy) return 1;
    start(multi, run, easy);
  }
  perform(multi, run);
  curl_multi_cleanup(multi);
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: floor URL COUNT IN_FLIGHT h1|h2 CACERT\n");
    return 2;
  }
  struct run run = {
      .url = argv[1], .cacert = read_file(argv[5]), .left = atol(argv[2])};
  run.version =
      strcmp(argv[4], "h2") ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS;
  double start = now();
  curl_global_init(CURL_GLOBAL_DEFAULT);
  int failed = fetch_all(&run, atol(argv[3]));
  curl_global_cleanup();
  if (run.failed > 0) fprintf(stderr, "%ld requests failed\n", run.failed);
  printf("%.6f\n", now() - start);
  return failed || run.failed > 0;
}
