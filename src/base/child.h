/* child.h - commands that are run by /bin/sh, and how a signal ends the wait.
**
** system, popen and pclose are replaced (--wrap), so os.execute and io.popen
** of Lua come here too.  SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CHILD_H
#define MK_BASE_CHILD_H

/* So that the end of a command is a signal that wakes who waits, and its status
** is not lost when mkrun was started by somebody who ignores that signal. */
void mk_child_watch(void);

#endif
