/* words.h - puts words back into a text that has codes for them.
**
** Only embed.c calls this file.  vendor/words.lua makes the coded text at build
** time: deflate looks back 32 KB, and finds more there when frequent words take
** a byte or two.  A text is expanded faster than a longer one is decompressed.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_WORDS_H
#define MK_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* The limit for the number of words. */
enum { MK_WORDS_MAX = 1024 };

/* Writes the text, `out_len` bytes, to `out`.  `coded` begins with `count`
** words, each with a NUL at its end.  In the text that follows, a byte from
** 0x80 on stands for a word, one from 0xf8 on together with the next byte.
** The byte 1 says that the next byte is itself.  Returns false if `coded` is
** something else. */
bool mk_words_expand(const char *coded, size_t coded_len, size_t count,
                     char *out, size_t out_len);

#endif
