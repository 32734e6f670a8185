/* strbuf.h - the buffer that lua-cjson writes to, in Lua's memory.
**
** lua-cjson includes it in place of its own strbuf.h, which has the same names.
** Its own takes memory from malloc, counts it in ints and ends the process when
** there is none.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_STRBUF_H
#define MK_LUA_STRBUF_H

#include <lua.h>
#include <string.h>

/* Its memory is a userdata at index 1 of the stack: nothing frees it, the
** script's memory limit holds, and want of memory is a Lua error. */
typedef struct {
  lua_State *L;
  char *buf;
  size_t size;
  size_t length; /* bytes in use, no NUL behind them */
} strbuf_t;

/* [-0, +1, -] Makes an empty buffer of `s`, which the running C function owns:
** a slot at index 1, below all others, is the buffer's until it returns. */
strbuf_t *strbuf_open(strbuf_t *s, lua_State *L);

/* [-0, +1, m] As strbuf_open, with the memory of the last strbuf_keep.  Nobody
** else gets that meanwhile: a finalizer may encode as well. */
strbuf_t *strbuf_open_kept(strbuf_t *s, lua_State *L);

/* [-0, +0, m] Keeps the memory of a buffer that is no longer used for the next
** one, unless it is large. */
void strbuf_keep(strbuf_t *s);

/* [-0, +0, m] Gives the buffer room for at least `size` bytes. */
void strbuf_resize(strbuf_t *s, size_t size);

/* [-0, +0, m] Gives the buffer room for `len` more bytes. */
static inline void strbuf_ensure_empty_length(strbuf_t *s, size_t len) {
  if (len > s->size - s->length) strbuf_resize(s, s->length + len);
}

/* Where the next byte goes. */
static inline char *strbuf_empty_ptr(strbuf_t *s) {
  return s->buf + s->length;
}

/* Says that `len` bytes were written at strbuf_empty_ptr. */
static inline void strbuf_extend_length(strbuf_t *s, size_t len) {
  s->length += len;
}

static inline void strbuf_reset(strbuf_t *s) {
  s->length = 0;
}

/* Most runs are short, and musl's memcpy takes longer to start than to copy
** those. */
static inline void strbuf_copy(char *to, const char *from, size_t len) {
  if (len > 64) {
    memcpy(to, from, len);
    return;
  }
  for (; len >= 8; len -= 8, to += 8, from += 8) memcpy(to, from, 8);
  for (; len > 0; len--) *to++ = *from++;
}

/* [-0, +0, m] These three append. */
static inline void strbuf_append_char(strbuf_t *s, char c) {
  strbuf_ensure_empty_length(s, 1);
  s->buf[s->length++] = c;
}

static inline void strbuf_append_mem(strbuf_t *s, const char *bytes,
                                     size_t len) {
  if (len == 0) return; /* there may be no memory yet */
  strbuf_ensure_empty_length(s, len);
  strbuf_copy(s->buf + s->length, bytes, len);
  s->length += len;
}

static inline void strbuf_append_string(strbuf_t *s, const char *text) {
  strbuf_append_mem(s, text, strlen(text));
}

/* The bytes, valid until more are appended; NULL when there never were any. */
static inline char *strbuf_string(strbuf_t *s, size_t *len) {
  *len = s->length;
  return s->buf;
}

/* lua-cjson calls these to make and free its kept buffer, and before it raises
** an error.  The garbage collector does that here. */
#define strbuf_init(s, len) ((void)(s))
#define strbuf_free(s) ((void)(s))

#endif
