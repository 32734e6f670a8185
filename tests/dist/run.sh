#!/bin/sh
# run.sh: makes the distribution twice, and tries what is in it.
#
#   sh tests/dist/run.sh [FOLDER]    FOLDER: a build/dist, instead of making two
#
# The last line is "N passed, N failed, N skipped".
#
# @tools lintian skopeo umoci minisign ssh-keygen qemu-user-static debootstrap nodejs npm
# @seconds 240
# SPDX-License-Identifier: MIT
set -u

cd "$(dirname "$0")/../.." || exit 1
TESTS=$PWD/tests/dist
CACHE=$PWD/build/dist-test
WORK=$(mktemp -d "${TMPDIR:-/tmp}/mkrun-dist.XXXXXX") || exit 1
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$WORK" # another user builds here, too
mkdir -p "$CACHE"
unset CDPATH GIT_DIR MAKEFLAGS MFLAGS MAKELEVEL SOURCE_DATE_EPOCH SIGN_KEY
export LC_ALL=C

passed=0 failed=0 skipped=0

# Runs a function, each command of which has to work.  Sets `status`.  Never a
# condition of the shell's (if, &&, ||): then it would look at no command.
check() { # NAME FUNCTION ARGUMENT...
  what=$1
  shift
  (set -e; "$@") >"$WORK/log" 2>&1
  status=$?
  if [ "$status" = 0 ]; then
    passed=$((passed + 1))
    echo "ok       $what"
  else
    failed=$((failed + 1))
    echo "FAILED   $what"
    tail -n 20 "$WORK/log" | sed 's/^/  /'
  fi
}

skip() { # NAME REASON
  skipped=$((skipped + 1))
  echo "skipped  $1: $2"
}

has() { command -v "$1" >/dev/null; }

# Does what may fail; fails if it works.
refused() {
  if "$@"; then
    echo "this works: $*"
    return 1
  fi
}

# shellcheck source=tests/dist/roots.sh
. "$TESTS/roots.sh"
# shellcheck source=tests/dist/twice.sh
. "$TESTS/twice.sh"
# shellcheck source=tests/dist/files.sh
. "$TESTS/files.sh"
# shellcheck source=tests/dist/package.sh
. "$TESTS/package.sh"
# shellcheck source=tests/dist/image.sh
. "$TESTS/image.sh"

if [ $# -gt 0 ]; then
  DIST=$(cd "$1" && pwd -P) || exit 1
  make_roots
else
  make_roots &
  ROOTS=$!
  trap 'kill "$ROOTS" 2>/dev/null; rm -rf "$WORK"' EXIT
  build_twice
  wait "$ROOTS"
fi

if [ -d "${DIST:-}" ]; then
  try_files
  try_packages
  try_image
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
