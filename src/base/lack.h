/* lack.h - errno values by which the machine says what it lacks.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_LACK_H
#define MK_BASE_LACK_H

/* In words: "too many open files", "not enough memory"; NULL for an errno value
** that says something else.  strerror has these words, too. */
const char *mk_lack(int error);

#endif
