/* child.h - runs shell commands.  A signal ends the wait for a command.
**
** child.c replaces system, popen and pclose with the linker option --wrap, so
** Lua's os.execute and io.popen use the replacements too.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_CHILD_H
#define MK_BASE_CHILD_H

/* Installs a handler for SIGCHLD, so that poll returns when a child process
** ends.  Call this function before waiting for a child process.  mkrun may have
** been started with SIGCHLD ignored; then the kernel would discard the exit
** status of each child process. */
void mk_child_watch(void);

#endif
