/* host.h - the state of one run, shared by the files of src/host.
**
** host/run.c creates it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_HOST_H
#define MK_HOST_HOST_H

#include "base/append_log.h"
#include "base/fault.h"
#include "base/pool.h"
#include "host/config.h"
#include "host/options.h"
#include "host/script.h"

enum { MK_DONE = 0, MK_FAILED = 1, MK_USAGE = 2, MK_CHANGES = 3 };

struct mk_host {
  const struct mk_options *options;
  struct mk_config config;
  struct mk_script script;
  struct mk_options journaled; /* those of a journal; see resume.h */
  struct mk_options joined;    /* with those of a journal */
  struct mk_options recalled;  /* with the SCRIPT of a journal */
  struct mk_append_log
      journal; /* for --resume and --undo; later owned by Lua */
  struct mk_pool pool;
  struct mk_fault fault;
  int failure; /* exit code if the script raises an error */
  int success; /* exit code if it does not */
};

#endif
