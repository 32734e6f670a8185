/* words.c - puts words back into a text that has codes for them.
** SPDX-License-Identifier: MIT */
#include "base/words.h"

#include <string.h>

enum { AS_IT_IS = 1, SHORT = 0x80, LONG = 0xf8, FEW = 16 };

struct range {
  const unsigned char *at, *end;
};

struct words {
  size_t count;
  /* where each word begins, and where the text does; a NUL is before each */
  const unsigned char *start[MK_WORDS_MAX + 1];
};

/* Reads the words at the beginning of `in`. */
static bool split(struct words *words, struct range *in) {
  for (size_t i = 0; i < words->count; i++) {
    words->start[i] = in->at;
    in->at = memchr(in->at, '\0', (size_t)(in->end - in->at));
    if (!in->at++) return false;
  }
  words->start[words->count] = in->at;
  return true;
}

/* Reads what `code` stands for, which may be told by the next byte. */
static bool decode(const struct words *words, unsigned code, struct range *in,
                   struct range *piece) {
  size_t number = code - SHORT;
  if (code == AS_IT_IS || code >= LONG) {
    if (in->at == in->end) return false;
    *piece = (struct range){in->at, in->at + 1};
    in->at++;
  }
  if (code == AS_IT_IS) return true;
  if (code >= LONG) number = LONG - SHORT + 256 * (code - LONG) + *piece->at;
  if (number >= words->count) return false;
  *piece = (struct range){words->start[number], words->start[number + 1] - 1};
  return true;
}

/* Copies a piece and a few bytes after it, if there are some on both sides: a
** fixed number of bytes is copied faster. */
static inline void copy(unsigned char *to, size_t room, struct range piece,
                        const unsigned char *end) {
  size_t len = (size_t)(piece.end - piece.at);
  if (len <= FEW && room >= FEW && end - piece.at >= FEW)
    memcpy(to, piece.at, FEW);
  else
    memcpy(to, piece.at, len);
}

static bool expand(const struct words *words, struct range in,
                   unsigned char *to, const unsigned char *end) {
  struct range piece;
  while (in.at < in.end) {
    unsigned code = *in.at++;
    size_t room = (size_t)(end - to);
    if (room == 0) return false;
    if (code < SHORT && code != AS_IT_IS) {
      *to++ = (unsigned char)code;
      continue;
    }
    if (!decode(words, code, &in, &piece)) return false;
    if ((size_t)(piece.end - piece.at) > room) return false;
    copy(to, room, piece, in.end);
    to += piece.end - piece.at;
  }
  return to == end;
}

bool mk_words_expand(const char *coded, size_t coded_len, size_t count,
                     char *out, size_t out_len) {
  struct words words;
  const unsigned char *begin = (const unsigned char *)coded;
  unsigned char *to = (unsigned char *)out;
  struct range in = {begin, begin + coded_len};
  words.count = count;
  return count <= MK_WORDS_MAX && split(&words, &in) &&
         expand(&words, in, to, to + out_len);
}
