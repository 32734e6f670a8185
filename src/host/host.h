/* host.h - the state of one run, shared by the files of src/host.
**
** host/run.c creates the struct.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_HOST_H
#define MK_HOST_HOST_H

#include "base/append_log.h"
#include "base/fault.h"
#include "base/pool.h"
#include "host/config.h"
#include "host/options.h"
#include "host/script.h"

/* Does what the main function does once the process is prepared: parses the
** command line, and runs it.  Returns the exit code.  Defined in main.c. */
int mk_host_main(int argc, char **argv);

/* Exit codes: success, an error, wrong usage, and changes found by a dry
** run. */
enum { MK_DONE = 0, MK_FAILED = 1, MK_USAGE = 2, MK_CHANGES = 3 };

struct mk_host {
  /* The options that apply to the run.  Points to the options of the command
  ** line, to `joined` or to `recalled`. */
  const struct mk_options *options;
  struct mk_config config;
  struct mk_script script;
  /* The options in the journal of --resume or --undo. */
  struct mk_options journaled;
  /* The file of the plan that the run of that journal has applied.  NULL if it
  ** has applied none. */
  char *plan;
  /* The options of the command line combined with the options in the
  ** journal. */
  struct mk_options joined;
  /* The options with the script and arguments of a journal or a plan. */
  struct mk_options recalled;
  /* The journal of --resume or --undo.  After the Lua module
  ** mkrun.config is loaded, Lua owns the open file. */
  struct mk_append_log journal;
  struct mk_pool pool;
  struct mk_fault fault;
  /* Exit code of the run if the script raises an error. */
  int failure;
  /* Exit code of the run if the script raises no error. */
  int success;
};

#endif
