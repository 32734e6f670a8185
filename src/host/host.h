/* host.h - what the files of src/host know of one run of mkrun.
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
  struct mk_options joined;   /* with those of a journal; see resume.h */
  struct mk_options recalled; /* with the SCRIPT of a journal */
  struct mk_append_log
      journal; /* of --resume and --undo, until a script has it */
  struct mk_pool pool;
  struct mk_fault fault;
  int failure; /* exit code when the script raises an error */
  int success; /* ... and when it does not */
};

#endif
