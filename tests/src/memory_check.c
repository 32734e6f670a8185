/* memory_check.c - holds the functions of src/memory.c against plain loops.
**
** Compiled by memory_spec.lua together with them, under names of their own.
** SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int main(void) {
  for (size_t n = 0; n <= LONGEST; n++) {
    for (size_t shift = 0; shift < SHIFTS; shift++) {
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
