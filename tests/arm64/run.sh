#!/bin/sh
# run.sh: tests the program for aarch64.
#
# On x86-64 it is made by the cross compiler; the specs of tests/arm64/specs run
# it under qemu-user, and kernel.sh shows on Debian's kernel for arm64 what
# qemu-user cannot: seccomp and Landlock.  On arm64 all is the machine's own.
#
# The last line is "N passed, N failed, N skipped".
#
# @seconds 240
# SPDX-License-Identifier: MIT
set -eu

cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
  exit
}

skip() { # REASON
  echo "arm64: skipped: $1"
  skipped=$((skipped + 1))
}

fail() { # REASON
  echo "arm64: $1"
  failed=$((failed + 1))
}

# Adds the last line of a command's output; a command without one has failed.
count() { # WHAT COMMAND...
  what=$1
  shift
  "$@" 2>&1 | tee "$work/log"
  # shellcheck disable=SC2046 # three numbers, or none
  set -- $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' \
    "$work/log" | tail -n 1)
  if [ $# = 3 ]; then
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  else
    fail "$what did not run to its end"
  fi
}

run_specs() {
  # shellcheck disable=SC2046 # one word for each spec
  count "the specs" build/debug/mkrun tests/run.lua \
    $(sed 's/#.*//' tests/arm64/specs)
}

emulate() {
  emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64) ||
    { skip "there is no qemu-aarch64"; return; }
  MKRUN_TEST_RELEASE=$PWD/build/aarch64/release/mkrun
  MKRUN_TEST_EMULATOR=$emulator
  export MKRUN_TEST_RELEASE MKRUN_TEST_EMULATOR
  run_specs
}

boot() {
  code=0
  sh tests/arm64/kernel.sh build/arm64 >"$work/kernel" 2>&1 || code=$?
  if [ "$code" = 3 ]; then
    skip "$(tail -n 1 "$work/kernel")"
  else
    count "the kernel" build/mkrun tests/arm64/kernel.lua <"$work/kernel"
  fi
}

make=${MAKE:-make}
$make -s all debug >&2 || { fail "this machine's own program is not made"; finish; }
case $(uname -m) in
  aarch64) run_specs ;;
  x86_64)
    sh vendor/tools.sh aarch64-linux-gnu-gcc ld.lld qemu-user-static >&2 ||
      { skip "there is no cross compiler, or no qemu-user"; finish; }
    if $make -s TARGET=aarch64 >&2; then
      emulate
      boot
    else
      fail "TARGET=aarch64 is not made"
    fi ;;
  *) skip "mkrun is not made for $(uname -m)" ;;
esac
finish
