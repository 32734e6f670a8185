/* child.h - runs shell commands so that a signal can end the wait for them.
**
** It replaces system, popen and pclose by the linker option --wrap, so Lua's
** os.execute and io.popen use it too.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CHILD_H
#define MK_BASE_CHILD_H

/* Makes SIGCHLD interrupt poll.  Call it before waiting for a child.  It also
** undoes an ignored SIGCHLD, which mkrun may inherit: the kernel would drop the
** exit status of the child. */
void mk_child_watch(void);

#endif
