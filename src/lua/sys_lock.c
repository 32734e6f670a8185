/* sys_lock.c - sys.lock: a lock file that one run at a time can hold.
**
** flock(2) makes the lock, so the kernel releases the lock if the run is
** killed.  A lock file that a killed run left does no harm.  A run removes its
** lock file before it releases the lock.  So a new lock is valid only if `path`
** still names the locked file.
** SPDX-License-Identifier: MIT */
#include "lua/sys_lock.h"

#include "base/clock.h"
#include "base/interrupt.h"
#include "lua/file_fault.h"
#include "lua/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_TYPE "mkrun.sys.lock"
#define PAUSE_NS 50000000

struct lock {
  int fd;
  char *path;
  struct lock *next;
};

/* The locks that this process holds.  os.exit does not close the Lua state, so
** an atexit function removes the lock files. */
static struct lock *held;

static void unlink_held(void) {
  for (const struct lock *l = held; l; l = l->next) unlink(l->path);
}

static bool still_named(int fd, const char *path) {
  struct stat ours, named;
  return fstat(fd, &ours) == 0 && stat(path, &named) == 0 &&
         ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

/* Locks the file at `path` without waiting.  Returns a file descriptor.  On an
** error, returns -1 and sets errno.  EWOULDBLOCK means that another run holds
** the lock. */
static int try_lock(const char *path) {
  for (;;) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return -1;
    int error = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    if (!error && still_named(fd, path)) return fd;
    close(fd);
    if (error) {
      errno = error;
      return -1;
    }
  }
}

/* Tries to lock the file at `path` until at most `seconds` have passed.
** Returns the same as try_lock.  Stops waiting after a signal, because the hook
** of the signal raises an error. */
static int wait_lock(const char *path, lua_Number seconds) {
  const struct timespec pause = {.tv_nsec = PAUSE_NS};
  int before = mk_interrupt_number();
  for (lua_Number waited = 0;; waited += PAUSE_NS / 1e9) {
    int fd = try_lock(path);
    if (fd >= 0 || errno != EWOULDBLOCK) return fd;
    if (waited >= seconds || mk_interrupt_number() != before) break;
    nanosleep(&pause, NULL);
    mk_clock_pass(PAUSE_NS / 1e9); /* a simulated clock does not stand still */
  }
  errno = EWOULDBLOCK;
  return -1;
}

static void hold(struct lock *lock) {
  static bool registered;
  if (!registered) registered = atexit(unlink_held) == 0;
  lock->next = held;
  held = lock;
}

int mk_lua_lock(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  lua_Number seconds = luaL_optnumber(L, 2, 0);
  luaL_argcheck(L, seconds >= 0, 2, "seconds from zero expected");
  struct lock *lock = lua_newuserdatauv(L, sizeof *lock, 0);
  *lock = (struct lock){.fd = -1};
  luaL_setmetatable(L, LOCK_TYPE);
  lock->path = strdup(path);
  if (!lock->path) return mk_file_fault_locked(L, path, ENOMEM);
  lock->fd = wait_lock(path, seconds);
  if (lock->fd < 0) return mk_file_fault_locked(L, path, errno);
  hold(lock);
  return 1;
}

/* lock:close() releases the lock and removes its file.  A second call does
** nothing. */
static int l_close(lua_State *L) {
  struct lock *lock = luaL_checkudata(L, 1, LOCK_TYPE);
  for (struct lock **at = &held; lock->fd >= 0 && *at; at = &(*at)->next) {
    if (*at != lock) continue;
    *at = lock->next;
    break;
  }
  if (lock->fd >= 0) {
    unlink(lock->path);
    close(lock->fd);
  }
  free(lock->path);
  *lock = (struct lock){.fd = -1};
  return 0;
}

static const luaL_Reg methods[] = {{"close", l_close}, {NULL, NULL}};

static const luaL_Reg meta[] = {
    {"__gc", l_close}, {"__close", l_close}, {NULL, NULL}};

void mk_lua_lock_register(lua_State *L) {
  mk_sealed_type(L, LOCK_TYPE);
  luaL_setfuncs(L, meta, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
