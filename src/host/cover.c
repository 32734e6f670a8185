/* cover.c - counts how often each line of the user's Lua files runs, and finds
** the lines that could run.
**
** The hook runs for each line, so it reads the name of the file from Lua's own
** structures.  lua_getinfo would shorten and copy the name each time.
** SPDX-License-Identifier: MIT */
#include "host/cover.h"

#include "base/buf.h"
#include "base/embed.h"

#include <ldebug.h>
#include <lobject.h>
#include <lopcodes.h>
#include <lstate.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file of which lines have run. */
struct file {
  char *name;
  unsigned *counts; /* by line, from 0 */
  size_t lines;
  bool is_own; /* false: it is a part of mkrun */
  struct file *next;
};

/* Takes the counts.  NULL: nothing is counted. */
static void (*taker)(const char *text, size_t len);
static struct file *files, *last;

static bool is_embedded(const char *path) {
  char own[MK_EMBEDDED_PATH_MAX];
  for (size_t i = 0; i < mk_embedded_count; i++) {
    mk_embedded_path(&mk_embedded[i], own);
    if (!strcmp(own, path)) return true;
  }
  return false;
}

/* Returns the file of this chunk name, or NULL if out of memory. */
static struct file *find(const char *name) {
  if (last && !strcmp(last->name, name)) return last;
  struct file *f = files;
  while (f && strcmp(f->name, name) != 0) f = f->next;
  if (!f && (f = calloc(1, sizeof *f))) {
    f->name = strdup(name);
    if (!f->name) {
      free(f);
      return NULL;
    }
    f->is_own = *name == '@' && !is_embedded(name + 1) && !strchr(name, '\n');
    f->next = files;
    files = f;
  }
  if (f) last = f;
  return f;
}

static bool has_room(struct file *f, size_t line) {
  if (line < f->lines) return true;
  size_t lines = line + 64;
  unsigned *counts = realloc(f->counts, lines * sizeof *counts);
  if (!counts) return false;
  memset(counts + f->lines, 0, (lines - f->lines) * sizeof *counts);
  f->counts = counts;
  f->lines = lines;
  return true;
}

static void on_line(lua_State *L, lua_Debug *ar) {
  (void)L;
  const TString *name = clLvalue(s2v(ar->i_ci->func.p))->p->source;
  struct file *f = name ? find(getstr(name)) : NULL;
  if (!f || !f->is_own || ar->currentline < 0) return;
  if (has_room(f, (size_t)ar->currentline)) f->counts[ar->currentline]++;
}

static bool add_counts(struct mk_buf *text, const struct file *f) {
  char item[48];
  for (size_t line = 1; line < f->lines; line++) {
    if (!f->counts[line]) continue;
    snprintf(item, sizeof item, "%zu:%u,", line, f->counts[line]);
    if (!mk_buf_puts(text, item)) return false;
  }
  return true;
}

static bool add_path(struct mk_buf *text, const char *path) {
  if (!mk_buf_puts(text, " ")) return false;
  char *folder = *path == '/' ? NULL : getcwd(NULL, 0);
  bool good = !folder || (mk_buf_puts(text, folder) && mk_buf_puts(text, "/"));
  free(folder);
  return good && mk_buf_puts(text, path);
}

static void tell(void) {
  struct mk_buf text;
  if (!taker) return;
  mk_buf_init(&text, SIZE_MAX / 2);
  for (const struct file *f = files; f; f = f->next) {
    if (!f->is_own) continue;
    mk_buf_clear(&text);
    if (mk_buf_puts(&text, "lines ") && add_counts(&text, f) &&
        add_path(&text, f->name + 1))
      taker(text.data, text.len);
  }
  mk_buf_free(&text);
}

void mk_cover_begin(void (*tell_counts)(const char *text, size_t len)) {
  static bool registered;
  taker = tell_counts;
  for (struct file *f = files; f; f = f->next)
    if (f->counts) memset(f->counts, 0, f->lines * sizeof *f->counts);
  if (taker && !registered) registered = atexit(tell) == 0;
}

void mk_cover_attach(lua_State *L) {
  if (taker) lua_sethook(L, on_line, LUA_MASKLINE, 0);
}

static void add_lines(lua_State *L, const Proto *p) {
  bool skips = p->is_vararg && p->sizecode > 0 &&
               GET_OPCODE(p->code[0]) == OP_VARARGPREP;
  for (int pc = skips; pc < p->sizecode; pc++) {
    lua_pushboolean(L, true);
    lua_rawseti(L, -2, luaG_getfuncline(p, pc));
  }
  for (int i = 0; i < p->sizep; i++) add_lines(L, p->p[i]);
}

void mk_cover_push_lines(lua_State *L) {
  const LClosure *closure = lua_topointer(L, -1);
  lua_newtable(L);
  add_lines(L, closure->p);
}
