/* runner_words.h - splits a command into words that mean the same without a
** shell.
**
** runner_grant.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_RUNNER_WORDS_H
#define MK_BASE_RUNNER_WORDS_H

/* Splits the text at blanks, as a shell does.  Single and double quotes keep
** blanks in a word.  Returns the words as a list that ends with NULL; free
** frees the list and the words.
**
** Returns NULL with errno set: ENOMEM, or EPERM if the text has no words or if
** a shell would do more with it, such as expand a variable or a pattern, or run
** another command. */
char **mk_runner_words(const char *text);

#endif
