/* bundle.c - finds and reads the files that `mkrun bundle` put into this
** program.
**
** The archive, as lua/mkrun/tool/bundle/archive.lua writes it: MAGIC, the
** SHA-256 of all that follows, the entries, and a line break.  An entry is its
** kind, a byte, and three texts: name, path, bytes.  A text is its length, in
** 4, 4 and 8 bytes, least significant byte first, its bytes, and a NUL.
** SPDX-License-Identifier: MIT */
#include "base/bundle.h"

#include "versions.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <mbedtls/sha256.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "mkrun bundle 1\n"
#define SUM_SIZE 32
/* Number of bytes before the entries. */
#define HEAD (sizeof MAGIC - 1 + SUM_SIZE)

/* What the field p_paddr of the archive's program header holds: "mkBundle".  No
** system that runs mkrun reads this field. */
#define MARK UINT64_C(0x656c646e75426b6d)

/* A note, for which the linker makes a program header.  A bundle uses that
** header for its archive.  The note tells `mkrun bundle --base FILE` that FILE
** is a mkrun, which format of the archive it reads, and its version. */
static const struct {
  uint32_t name_len, text_len, type;
  char name[8], text[32];
} note __attribute__((section(".note.mkrun"), used, aligned(4))) = {
    sizeof "mkrun", 32, 1, "mkrun", "1 " MK_VERSION};

/* The linker's name for the first byte of the program in memory. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

/* A part of the archive that has not been read yet. */
struct part {
  const unsigned char *at;
  size_t left;
};

/* True if this program has an archive, which may be damaged. */
static bool has_archive;

/* The entries of the archive, if it is whole. */
static struct part entries;

/* Returns the program headers, and sets `*count` to their number. */
static const Elf64_Phdr *headers(int *count) {
  const Elf64_Ehdr *start = (const void *)__ehdr_start;
  *count = start->e_phnum;
  return (const void *)(__ehdr_start + start->e_phoff);
}

/* Returns the program header of the archive, or NULL. */
static const Elf64_Phdr *find_header(void) {
  int count;
  const Elf64_Phdr *h = headers(&count);
  for (int i = 0; i < count; i++)
    if (h[i].p_type == PT_LOAD && h[i].p_paddr == MARK) return &h[i];
  return NULL;
}

/* Returns the difference between addresses in memory and in the program's
** headers. */
static uintptr_t find_bias(void) {
  int count;
  const Elf64_Phdr *h = headers(&count);
  while (h->p_type != PT_LOAD) h++;
  return (uintptr_t)__ehdr_start - h->p_vaddr;
}

/* Handles SIGBUS, which a page beyond the end of the file causes. */
static void refuse_cut(int number) {
  static const char message[] =
      "mkrun: this bundle is damaged: its file was cut off\n";
  (void)number;
  _exit(write(STDERR_FILENO, message, sizeof message - 1) < 0 ? 1 : 2);
}

static bool is_whole(const struct part *archive) {
  unsigned char sum[SUM_SIZE];
  if (archive->left <= HEAD || memcmp(archive->at, MAGIC, sizeof MAGIC - 1))
    return false;
  return mbedtls_sha256(archive->at + HEAD, archive->left - HEAD, sum, 0) ==
             0 &&
         !memcmp(archive->at + sizeof MAGIC - 1, sum, SUM_SIZE);
}

/* Takes a text whose length has `width` bytes.  Returns NULL if the archive
** ends before the text does. */
static const char *take_text(struct part *p, size_t width, size_t *len) {
  uint64_t size = 0;
  if (p->left < width) return NULL;
  for (size_t i = width; i-- > 0;) size = size << 8 | p->at[i];
  if (size >= p->left - width) return NULL;
  const char *text = (const char *)p->at + width;
  p->at += width + size + 1;
  p->left -= width + size + 1;
  if (len) *len = size;
  return text[size] ? NULL : text;
}

/* Takes the next entry.  Returns false at the end. */
static bool take_entry(struct part *p, struct mk_bundle_entry *entry) {
  if (p->left == 0) return false;
  entry->kind = *p->at++;
  p->left--;
  entry->name = take_text(p, 4, NULL);
  entry->path = entry->name ? take_text(p, 4, NULL) : NULL;
  entry->bytes = entry->path ? take_text(p, 8, &entry->len) : NULL;
  return entry->bytes != NULL;
}

/* Returns true if the entries begin with a flow, and fill the archive. */
static bool is_complete(struct part rest) {
  struct mk_bundle_entry entry;
  if (!take_entry(&rest, &entry)) return false;
  if (entry.kind != MK_BUNDLE_FLOW && entry.kind != MK_BUNDLE_BUILT_IN)
    return false;
  while (rest.left > 0)
    if (!take_entry(&rest, &entry)) return false;
  return true;
}

bool mk_bundle_open(struct mk_fault *fault) {
  const Elf64_Phdr *h = find_header();
  if (!h) return true;
  struct part archive = {(const unsigned char *)(find_bias() + h->p_vaddr),
                         h->p_filesz};
  struct sigaction old, cut = {.sa_handler = refuse_cut};
  has_archive = true;
  sigaction(SIGBUS, &cut, &old);
  bool whole = is_whole(&archive);
  sigaction(SIGBUS, &old, NULL);
  struct part rest = {archive.at + HEAD, archive.left - HEAD - 1};
  if (!whole || !is_complete(rest))
    return mk_fault_say(fault,
                        "this bundle is damaged: its archive was changed, or "
                        "lost by strip");
  entries = rest;
  return true;
}

bool mk_bundle_is_open(void) {
  return has_archive;
}

bool mk_bundle_find(enum mk_bundle_kind kind, const char *name,
                    struct mk_bundle_entry *entry) {
  struct part rest = entries;
  while (rest.at && take_entry(&rest, entry))
    if (entry->kind == kind && (!name || !strcmp(entry->name, name)))
      return true;
  return false;
}

static bool is_file(enum mk_bundle_kind kind) {
  return kind == MK_BUNDLE_FLOW || kind == MK_BUNDLE_MODULE ||
         kind == MK_BUNDLE_DATA;
}

/* Returns the path without "./" before it. */
static const char *without_dots(const char *path) {
  while (path[0] == '.' && path[1] == '/') {
    path += 2;
    while (*path == '/') path++;
  }
  return path;
}

bool mk_bundle_find_file(const char *path, struct mk_bundle_entry *entry) {
  struct part rest = entries;
  if (!rest.at) return false;
  path = without_dots(path);
  while (take_entry(&rest, entry))
    if (is_file(entry->kind) && !strcmp(entry->path, path)) return true;
  return false;
}

/* Returns true if the path is that of a file in the bundle, or of a folder with
** such a file. */
static bool leads_to_file(const char *path) {
  struct part rest = entries;
  struct mk_bundle_entry entry;
  size_t len = strlen(path);
  while (rest.at && take_entry(&rest, &entry))
    if (is_file(entry.kind) && !strncmp(entry.path, path, len) &&
        (entry.path[len] == '/' || !entry.path[len]))
      return true;
  return false;
}

bool mk_bundle_place(const char *path, char *place) {
  char folder[PATH_MAX];
  path = without_dots(path);
  if (!leads_to_file(path) || !getcwd(folder, sizeof folder)) return false;
  const char *above = folder[1] ? folder : "";
  return snprintf(place, PATH_MAX, "%s/%s", above, path) < PATH_MAX;
}

/* --- Streams -------------------------------------------------------------- */

struct reader {
  struct mk_bundle_entry entry;
  size_t at;
};

static ssize_t read_stream(void *data, char *out, size_t size) {
  struct reader *r = data;
  size_t left = r->entry.len - r->at;
  if (size > left) size = left;
  memcpy(out, r->entry.bytes + r->at, size);
  r->at += size;
  return (ssize_t)size;
}

static int seek_stream(void *data, off_t *offset, int whence) {
  struct reader *r = data;
  off_t end = (off_t)r->entry.len;
  off_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (off_t)r->at : end;
  if (*offset < -from || *offset > end - from) {
    errno = EINVAL;
    return -1;
  }
  *offset += from;
  r->at = (size_t)*offset;
  return 0;
}

static int close_stream(void *data) {
  free(data);
  return 0;
}

FILE *mk_bundle_stream(const struct mk_bundle_entry *entry) {
  cookie_io_functions_t calls = {
      .read = read_stream, .seek = seek_stream, .close = close_stream};
  struct reader *r = malloc(sizeof *r);
  if (!r) return NULL;
  *r = (struct reader){*entry, 0};
  FILE *f = fopencookie(r, "r", calls);
  if (!f) free(r);
  return f;
}
