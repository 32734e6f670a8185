/* strbuf.h - the output buffer of lua-cjson, in memory of the Lua state.
**
** lua-cjson includes this file instead of its own strbuf.h, so the functions
** have the same names.  lua-cjson's own file calls malloc, counts bytes in an
** int, and ends the process if out of memory.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_STRBUF_H
#define MK_LUA_STRBUF_H

#include <lua.h>
#include <string.h>

/* A buffer.  Its memory is a userdata at index 1 of the stack.  So the garbage
** collector frees the memory, the script's memory limit includes it, and
** running out of memory raises a Lua error. */
typedef struct {
  lua_State *L;
  char *buf;
  size_t size;
  size_t length; /* number of bytes in use, without a NUL byte at the end */
} strbuf_t;

/* [-0, +1, -] Makes `s` an empty buffer of the running C function.  Inserts a
** stack slot for its memory at index 1, below all other slots.  The slot
** belongs to the buffer until the C function returns. */
strbuf_t *strbuf_open(strbuf_t *s, lua_State *L);

/* [-0, +1, m] Like strbuf_open, but reuses the memory of the last strbuf_keep.
** Removes that memory from the registry, because a finalizer that encodes JSON
** at the same time must not get the same memory. */
strbuf_t *strbuf_open_kept(strbuf_t *s, lua_State *L);

/* [-0, +0, m] Keeps the memory of a buffer that is no longer used, for the next
** strbuf_open_kept.  Does not keep large memory. */
void strbuf_keep(strbuf_t *s);

/* [-0, +0, m] Enlarges the memory of the buffer to at least `size` bytes. */
void strbuf_resize(strbuf_t *s, size_t size);

/* [-0, +0, m] Enlarges the memory of the buffer if it has no room for `len`
** more bytes. */
static inline void strbuf_ensure_empty_length(strbuf_t *s, size_t len) {
  if (len > s->size - s->length) strbuf_resize(s, s->length + len);
}

/* Returns a pointer to the place for the next byte. */
static inline char *strbuf_empty_ptr(strbuf_t *s) {
  return s->buf + s->length;
}

/* Adds `len` bytes that the caller wrote at strbuf_empty_ptr to the length. */
static inline void strbuf_extend_length(strbuf_t *s, size_t len) {
  s->length += len;
}

static inline void strbuf_reset(strbuf_t *s) {
  s->length = 0;
}

/* Copies `len` bytes.  Most copies are short, and for a short copy a call of
** musl's memcpy takes longer than this loop. */
static inline void strbuf_copy(char *to, const char *from, size_t len) {
  if (len > 64) {
    memcpy(to, from, len);
    return;
  }
  for (; len >= 8; len -= 8, to += 8, from += 8) memcpy(to, from, 8);
  for (; len > 0; len--) *to++ = *from++;
}

/* [-0, +0, m] The next three functions append to the buffer. */
static inline void strbuf_append_char(strbuf_t *s, char c) {
  strbuf_ensure_empty_length(s, 1);
  s->buf[s->length++] = c;
}

static inline void strbuf_append_mem(strbuf_t *s, const char *bytes,
                                     size_t len) {
  if (len == 0) return; /* the buffer may have no memory yet */
  strbuf_ensure_empty_length(s, len);
  strbuf_copy(s->buf + s->length, bytes, len);
  s->length += len;
}

static inline void strbuf_append_string(strbuf_t *s, const char *text) {
  strbuf_append_mem(s, text, strlen(text));
}

/* Returns the bytes of the buffer, which are valid until more bytes are
** appended.  Returns NULL if the buffer never had memory. */
static inline char *strbuf_string(strbuf_t *s, size_t *len) {
  *len = s->length;
  return s->buf;
}

/* lua-cjson calls these macros to make and free a buffer that it keeps, and
** before it raises an error.  They do nothing, because the garbage collector
** frees the memory. */
#define strbuf_init(s, len) ((void)(s))
#define strbuf_free(s) ((void)(s))

#endif
