/* spawn.c - runs programs in turn and says what each run took.
**
**   spawn ROUNDS SECONDS < PLAN
**
** A line of PLAN is NAME, then NAME=VALUE for the environment, then a program
** and its arguments, with a tab between each two.  Every round runs each line
** once, so that a slow moment of the machine meets all of them; a line that
** has used up its SECONDS sits out after three runs.
** Prints, for each run, with tabs: name, seconds, seconds of the processor,
** peak memory in KB, exit status, and what the program printed last.
**
** Small and static, since a child begins with the memory of its parent.
** SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORDS 64
#define MAX_LINES 64
#define MIN_RUNS 3

extern char **environ;

struct line {
  char *text;
  char *name;
  char *words[MAX_WORDS]; /* argv, with NULL behind */
  char **env;
  double spent;
  int runs;
};

static void die(const char *what) {
  perror(what);
  exit(2);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) {
  return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* The environment, with the `extra` variables before all others. */
static char **environment(char **extra, size_t count) {
  size_t size = 0;
  while (environ[size]) size++;
  char **env = calloc(size + count + 1, sizeof *env);
  if (!env) die("calloc");
  if (count > 0) memcpy(env, extra, count * sizeof *env);
  memcpy(env + count, environ, size * sizeof *env);
  return env;
}

static void parse(struct line *line) {
  char *extra[MAX_WORDS], *rest = line->text, *word;
  size_t count = 0, words = 0;
  line->name = strsep(&rest, "\t");
  while ((word = strsep(&rest, "\t")) && words + count < MAX_WORDS - 1) {
    if (words == 0 && strchr(word, '='))
      extra[count++] = word;
    else
      line->words[words++] = word;
  }
  if (words == 0) die(line->name);
  line->env = environment(extra, count);
}

static size_t read_plan(struct line *lines) {
  size_t count = 0, size = 0;
  char *text = NULL;
  ssize_t len;
  while (count < MAX_LINES && (len = getline(&text, &size, stdin)) > 0) {
    if (text[len - 1] == '\n') text[len - 1] = '\0';
    lines[count].text = text;
    parse(&lines[count++]);
    text = NULL;
  }
  return count;
}

/* Starts the program with its standard output in a pipe. */
static pid_t start(struct line *line, int *out) {
  posix_spawn_file_actions_t actions;
  int ends[2];
  pid_t pid;
  if (pipe2(ends, O_CLOEXEC)) die("pipe2");
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  errno = posix_spawnp(&pid, line->words[0], &actions, NULL, line->words,
                       line->env);
  if (errno) die(line->words[0]);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  *out = ends[0];
  return pid;
}

/* Keeps the end of what comes, and of that the last line. */
static const char *drain(int out, char *buf, size_t size) {
  size_t len = 0;
  ssize_t n;
  while ((n = read(out, buf + len, size - 1 - len)) > 0) {
    len += (size_t)n;
    if (len < size - 1) continue;
    memmove(buf, buf + size / 2, len - size / 2);
    len -= size / 2;
  }
  close(out);
  while (len > 0 && buf[len - 1] == '\n') len--;
  buf[len] = '\0';
  const char *last = strrchr(buf, '\n');
  return last ? last + 1 : buf;
}

static void run(struct line *line) {
  char buf[4096];
  struct rusage usage;
  int out, status;
  double begin = now();
  pid_t pid = start(line, &out);
  const char *said = drain(out, buf, sizeof buf);
  if (wait4(pid, &status, 0, &usage) != pid) die("wait4");
  double took = now() - begin;
  line->spent += took;
  line->runs++;
  printf("%s\t%.6f\t%.6f\t%ld\t%d\t%s\n", line->name, took,
         seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss,
         status, said);
}

int main(int argc, char **argv) {
  static struct line lines[MAX_LINES];
  if (argc != 3) {
    fputs("usage: spawn ROUNDS SECONDS < PLAN\n", stderr);
    return 2;
  }
  int rounds = atoi(argv[1]);
  double budget = atof(argv[2]);
  size_t count = read_plan(lines);
  for (int round = 0; round < rounds; round++)
    for (size_t i = 0; i < count; i++)
      if (lines[i].runs < MIN_RUNS || lines[i].spent < budget) run(&lines[i]);
  return 0;
}
