/* child.h - commands that are run by /bin/sh, and how a signal ends the wait.
**
** system, popen and pclose are replaced (--wrap), so os.execute and io.popen
** of Lua come here too.  SPDX-License-Identifier: MIT */
#ifndef MK_CHILD_H
#define MK_CHILD_H

#include <stddef.h>

/* Gives the bytes to a command, on its standard input, and returns what waitpid
** says; or -1 with errno.  After a signal the command may go on for 10 seconds;
** then it is EINTR. */
int mk_child_feed(const char *command, const char *bytes, size_t len);

#endif
