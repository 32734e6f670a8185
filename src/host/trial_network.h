/* trial_network.h - takes the network away from a trial and its commands.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_TRIAL_NETWORK_H
#define MK_HOST_TRIAL_NETWORK_H

/* From now on this process and its commands get ENETUNREACH for each socket of
** IPv4 and IPv6.  This guards against mistakes: requests of mkrun go to the
** sandbox anyway.  Does nothing if the kernel has no seccomp. */
void mk_trial_cut_network(void);

#endif
