/* bundle.h - the command line of a bundle: a mkrun with a flow inside, which
** `mkrun bundle` made.
**
** host/main.c calls mk_host_bundle_words, host/config_table.c
** mk_host_bundle_takes.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_BUNDLE_H
#define MK_HOST_BUNDLE_H

#include "base/fault.h"
#include "host/option_table.h"

#include <stdbool.h>

/* Opens the bundle, and replaces the command line by that of mkrun: `NAME
** --dry-run FILE` becomes `NAME -E --dry-run FLOW FILE`.  The options of mkrun
** that a bundle takes come first; the flow gets the first word that is none of
** them, and all that follow.  An option that the flow has itself is the flow's.
**
** Does nothing if this program is no bundle.  Returns false and sets the fault
** if the bundle is damaged. */
bool mk_host_bundle_words(int *argc, char ***argv, struct mk_fault *fault);

/* Returns the word SCRIPT of a bundle: the name of its flow. */
const char *mk_host_bundle_flow(void);

/* Returns true if a bundle takes this option of mkrun. */
bool mk_host_bundle_takes(const struct mk_option *option);

#endif
