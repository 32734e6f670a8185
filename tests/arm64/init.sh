#!/bin/busybox sh
# init.sh: what the virtual machine of kernel.sh runs instead of a system.
#
# Its lines BEGIN, CAGE and so on are for kernel.lua.
# SPDX-License-Identifier: MIT
# shellcheck shell=dash
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
ip link set lo up
cd /tmp || poweroff -f
mkdir in out read
for file in in/file out/file read/file; do echo x >$file; done
ln -s ../out/file in/to-out
echo "BEGIN $(uname -rm)"
/mkrun -e 'print("LANDLOCK", require "mkrun.cage".probe().landlock)
  print("SECCOMP", require "mkrun.cage".probe().seccomp)'
echo ATTEMPTS
/cage_check . 12345
echo "ATTEMPTED $?"
for turn in 1 2; do
  /mkrun --sandbox=state onboard examples/onboard.json >said 2>&1
  echo "ONBOARD $turn $? $(tail -n 1 said)"
done
cp /bundle . && chroot . /bundle --sandbox >said 2>&1
echo "BUNDLE $? $(tail -n 1 said)"
grep -h . out/file read/file | tr '\n' ' '
echo DONE
poweroff -f
