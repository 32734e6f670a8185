/* memory_check.c - holds the functions of src/base/memory.c against plain
** loops.
**
** Compiled by memory_spec.lua together with them, under names of their own.
** SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LONGEST 200
#define SHIFTS 20
#define ROOM (LONGEST + 2 * SHIFTS)

static unsigned char room[ROOM], wanted[ROOM];

static void fill(void) {
  for (size_t i = 0; i < ROOM; i++)
    room[i] = wanted[i] = (unsigned char)(i * 7 + 1);
}

static void check(const char *name, size_t to, size_t from, size_t n) {
  for (size_t i = 0; i < ROOM; i++) {
    if (room[i] == wanted[i]) continue;
    printf("%s: %zu bytes from %zu to %zu: byte %zu\n", name, n, from, to, i);
    exit(1);
  }
}

/* What memmove does, through a copy. */
static void move(size_t to, size_t from, size_t n) {
  unsigned char copy[LONGEST];
  for (size_t i = 0; i < n; i++) copy[i] = wanted[from + i];
  for (size_t i = 0; i < n; i++) wanted[to + i] = copy[i];
}

static void check_memmove(size_t to, size_t from, size_t n) {
  fill();
  move(to, from, n);
  if (memmove(room + to, room + from, n) != room + to) exit(1);
  check("memmove", to, from, n);
}

static void check_memcpy(size_t shift, size_t n) {
  unsigned char other[ROOM];
  fill();
  for (size_t i = 0; i < n; i++) {
    other[shift + i] = (unsigned char)(255 - i);
    wanted[SHIFTS + i] = other[shift + i];
  }
  if (memcpy(room + SHIFTS, other + shift, n) != room + SHIFTS) exit(1);
  check("memcpy", SHIFTS, shift, n);
}

static int sign(int value) {
  return (value > 0) - (value < 0);
}

static void check_memcmp(size_t shift, size_t n) {
  unsigned char other[ROOM];
  fill();
  for (size_t i = 0; i < n; i++) other[shift + i] = room[i];
  int good = memcmp(room, other + shift, n) == 0;
  for (size_t i = 0; i < n && good; i++) {
    other[shift + i] = 255;
    good = sign(memcmp(room, other + shift, n)) == (room[i] < 255 ? -1 : 0);
    good =
        good && sign(memcmp(other + shift, room, n)) == (room[i] < 255 ? 1 : 0);
    other[shift + i] = room[i];
  }
  if (good) return;
  printf("memcmp: %zu bytes, %zu\n", n, shift);
  exit(1);
}

/* Texts that end with their page; behind it is one that must not be read. */

static unsigned char *page_ends(void) {
  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages + 4096, 4096, PROT_NONE)) exit(1);
  return (unsigned char *)pages + 4096;
}

/* Few different bytes: those that carry over into their neighbours. */
static unsigned char any_byte(void) {
  static const unsigned char bytes[] = {1, 2, 'a', 'b', 127, 128, 129, 255};
  return bytes[rand() % 8];
}

static void fail_text(const char *name, size_t n, size_t place) {
  printf("%s: %zu bytes, %zu\n", name, n, place);
  exit(1);
}

static void check_memchr(const unsigned char *text, size_t n) {
  for (int c = 0; c < 256; c++) {
    size_t place = 0;
    while (place < n && text[place] != c) place++;
    if (memchr(text, c, n) != (place < n ? text + place : NULL))
      fail_text("memchr", n, place);
  }
}

static void check_strcmp(char *a, char *b, size_t n) {
  if (strcmp(a, b) != 0 || strcmp(b, a) != 0) fail_text("strcmp", n, n);
  for (size_t i = 0; i < n; i++) {
    char was = b[i];
    b[i] = (char)(i % 3 == 0 ? 0 : any_byte());
    int wanted = (unsigned char)a[i] - (unsigned char)b[i];
    if (sign(strcmp(a, b)) != sign(wanted) ||
        sign(strcmp(b, a)) != -sign(wanted))
      fail_text("strcmp", n, i);
    b[i] = was;
  }
}

static void check_texts(size_t n, size_t shift) {
  static unsigned char *left_end, *right_end;
  if (!left_end) left_end = page_ends(), right_end = page_ends();
  unsigned char *left = left_end - n - 1, *right = right_end - n - 1 - shift;
  for (size_t i = 0; i < n; i++) left[i] = right[i] = any_byte();
  left[n] = right[n] = 0;
  if (strlen((char *)left) != n || strlen((char *)right) != n)
    fail_text("strlen", n, shift);
  check_memchr(right, n);
  check_memchr(left, n + 1);
  if (memchr(left, 0, SIZE_MAX) != left + n) fail_text("memchr", n, shift);
  check_strcmp((char *)left, (char *)right, n);
}

int main(void) {
  for (size_t n = 0; n <= LONGEST; n++) {
    for (size_t shift = 0; shift < SHIFTS; shift++) {
      check_texts(n, shift);
      check_memcpy(shift, n);
      check_memcmp(shift, n);
      check_memmove(SHIFTS, shift, n);
      check_memmove(shift, SHIFTS, n);
      check_memmove(shift + SHIFTS, shift, n);
    }
  }
  puts("all equal");
  return 0;
}
