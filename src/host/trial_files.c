/* trial_files.c - the open files of a trial.
** SPDX-License-Identifier: MIT */
#include "host/trial_files.h"

#include "base/stream.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The search for open files ends after this many closed descriptors in a row.
** The kernel gives the lowest free one, so such a gap is rare. */
#define GAP 1024

/* Makes a file in memory with the run's input the standard input. */
static bool set_input(const struct mk_trial_files *f) {
  int fd = memfd_create("stdin", MFD_CLOEXEC);
  if (fd < 0) return false;
  for (size_t done = 0; done < f->input_len;) {
    ssize_t n = write(fd, f->input + done, f->input_len - done);
    if (n <= 0) return false;
    done += (size_t)n;
  }
  bool good = lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, STDIN_FILENO) >= 0;
  close(fd);
  __fpurge(mk_stdin);
  clearerr(mk_stdin);
  return good;
}

static bool set_output(const struct mk_trial_files *f, int out, int err) {
  if (f->prints) return !f->is_aside || dup2(STDERR_FILENO, STDOUT_FILENO) >= 0;
  return dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0;
}

/* Makes each regular file of the starter an empty one in memory.  Otherwise
** exit would move the position in a file that the starter reads: the C library
** goes back by what a stream has read ahead, and both processes share the
** position.  A closed descriptor could become that of another file. */
static bool part_files(void) {
  struct stat st;
  int empty = memfd_create("empty", MFD_CLOEXEC), gap = 0;
  if (empty < 0) return false;
  for (int fd = STDERR_FILENO + 1; gap < GAP; fd++) {
    bool is_open = fstat(fd, &st) == 0;
    gap = is_open ? 0 : gap + 1;
    if (is_open && S_ISREG(st.st_mode) && fd != empty &&
        dup3(empty, fd, O_CLOEXEC) < 0)
      return false;
  }
  close(empty);
  return true;
}

bool mk_trial_set_files(const struct mk_trial_files *files, int out, int err) {
  return part_files() && set_input(files) && set_output(files, out, err);
}
