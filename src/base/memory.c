/* memory.c - memcpy and its kin for short blocks.
**
** musl's memcpy starts a string instruction, which takes longer than to copy
** the strings that Lua and JSON are made of; its memcmp and strcmp go byte by
** byte, its memchr and strlen do so up to a round address.  These take 16 bytes
** or 8 at a time, the last ones twice where need be.  Only for the release
** variant: the sanitizers have their own.
** SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef MK_DEBUG

/* Or the compiler makes a call of memcpy out of the loop in memcpy. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

/* The loads and stores of all sizes; the compiler makes one instruction of
** each. */
#define LOADS(type)                                                            \
  static inline type load_##type(const unsigned char *p) {                     \
    type value;                                                                \
    __builtin_memcpy(&value, p, sizeof value);                                 \
    return value;                                                              \
  }                                                                            \
  static inline void store_##type(unsigned char *p, type value) {              \
    __builtin_memcpy(p, &value, sizeof value);                                 \
  }

typedef uint64_t pair __attribute__((vector_size(16)));

LOADS(uint16_t)
LOADS(uint32_t)
LOADS(uint64_t)
LOADS(pair)

/* Up to 32 bytes, all of which are read before the first is written. */
#define MOVE_TWICE(type)                                                       \
  do {                                                                         \
    type first = load_##type(from),                                            \
         last = load_##type(from + n - sizeof last);                           \
    store_##type(to, first);                                                   \
    store_##type(to + n - sizeof last, last);                                  \
    return;                                                                    \
  } while (0)

static inline void move_short(unsigned char *to, const unsigned char *from,
                              size_t n) {
  if (n >= 16) MOVE_TWICE(pair);
  if (n >= 8) MOVE_TWICE(uint64_t);
  if (n >= 4) MOVE_TWICE(uint32_t);
  if (n >= 2) MOVE_TWICE(uint16_t);
  if (n == 1) *to = *from;
}

static void copy_up(unsigned char *to, const unsigned char *from, size_t n) {
  pair last = load_pair(from + n - 16);
  unsigned char *end = to + n - 16;
  for (; to < end; to += 16, from += 16) store_pair(to, load_pair(from));
  store_pair(end, last);
}

static void copy_down(unsigned char *to, const unsigned char *from, size_t n) {
  pair first = load_pair(from);
  for (; n > 16; n -= 16) store_pair(to + n - 16, load_pair(from + n - 16));
  store_pair(to, first);
}

void *memmove(void *to, const void *from, size_t n) {
  if (n <= 32)
    move_short(to, from, n);
  else if ((uintptr_t)to - (uintptr_t)from >= n)
    copy_up(to, from, n);
  else
    copy_down(to, from, n);
  return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
  if (n <= 32)
    move_short(to, from, n);
  else
    copy_up(to, from, n);
  return to;
}

static int order(const unsigned char *a, const unsigned char *b, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  return 0;
}

int memcmp(const void *left, const void *right, size_t n) {
  const unsigned char *a = left, *b = right;
  for (; n >= 8; n -= 8, a += 8, b += 8)
    if (load_uint64_t(a) != load_uint64_t(b)) return order(a, b, 8);
  return order(a, b, n);
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

#define EACH_BYTE(x) (UINT64_C(0x0101010101010101) * (x))

/* The lowest bit that is set is in the first byte that is zero. */
static inline uint64_t zero_bytes(uint64_t word) {
  return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

static inline size_t first_byte(uint64_t bits) {
  return (size_t)__builtin_ctzll(bits) / 8;
}

/* The rest reads more than the text, but of no page that it is not on. */
#define READS_ON __attribute__((no_sanitize("address")))

typedef uint64_t word __attribute__((may_alias, aligned(1)));

/* The bytes of a word before the text, which are none of those that are looked
** for. */
static inline uint64_t not_zero(size_t before) {
  return ~(UINT64_MAX << 8 * before);
}

/* Round addresses only: `n` may be more than there is behind the byte, as it is
** where strnlen asks. */
READS_ON void *memchr(const void *block, int wanted, size_t n) {
  if (n == 0) return NULL;
  const unsigned char *text = block;
  size_t before = (uintptr_t)text % 8;
  uint64_t all = EACH_BYTE((unsigned char)wanted);
  const unsigned char *p = text - before;
  uint64_t found = zero_bytes((*(const word *)p ^ all) | not_zero(before));
  for (size_t seen = 8 - before; !found; seen += 8) {
    if (seen >= n) return NULL;
    found = zero_bytes(*(const word *)(p += 8) ^ all);
  }
  size_t place = (size_t)(p - text) + first_byte(found);
  return place < n ? (void *)(text + place) : NULL;
}

READS_ON size_t strlen(const char *text) {
  size_t before = (uintptr_t)text % 8;
  const char *p = text - before;
  uint64_t zero = zero_bytes(*(const word *)p | not_zero(before));
  while (!zero) zero = zero_bytes(*(const word *)(p += 8));
  return (size_t)(p - text) + first_byte(zero);
}

static inline int ends_page(const unsigned char *p) {
  return (uintptr_t)p % 4096 > 4096 - 8;
}

READS_ON int strcmp(const char *left, const char *right) {
  const unsigned char *a = (const unsigned char *)left,
                      *b = (const unsigned char *)right;
  for (;;) {
    if (ends_page(a) || ends_page(b)) {
      if (*a != *b || !*a) return *a - *b;
      a++, b++;
      continue;
    }
    uint64_t x = *(const word *)a, y = *(const word *)b;
    uint64_t stop = (x ^ y) | zero_bytes(x);
    if (stop) return a[first_byte(stop)] - b[first_byte(stop)];
    a += 8, b += 8;
  }
}

#endif

#endif
