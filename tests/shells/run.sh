#!/bin/sh
# run.sh: presses TAB in bash, zsh and fish on a terminal, with the completions
# that `make install` installs.
#
#   sh tests/shells/run.sh [SHELL]...
#
# The last line is "N passed, N failed, N skipped".
#
# @tools bash-completion fish zsh
# @seconds 60
# SPDX-License-Identifier: MIT
set -eu

cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip() { # REASON
  echo "shells: skipped: $1"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

command -v zsh >/dev/null || skip "zsh is not installed, which has the terminal"
[ -x build/release/mkrun ] || skip "build/release/mkrun is not built"
umask 022
${MAKE:-make} -s -o all install PREFIX=/usr DESTDIR="$work/root" >&2

# What the shells complete from.
mkdir "$work/home" "$work/folder"
cp tests/shells/rc.* "$work"
mkrun=$work/root/usr/bin/mkrun
(
  cd "$work/folder"
  "$mkrun" --sandbox=x.state onboard examples/onboard.json >"$work/log"
  # shellcheck disable=SC2016 # a name that must not be evaluated
  odd='$(touch ran)'
  "$mkrun" --sandbox=x.state team "odd $odd \`touch ran\`" --create >"$work/log"
  # Each sign with a meaning to a shell.
  signs="yes*?[a]{b,c}#!^~=%h&;|<>()\\\"'x"
  "$mkrun" --sandbox=x.state team "$signs" --create >"$work/log"
  touch 'data file.json' "a$odd.json" 'new
line.json'
  mkdir sub
  cat >'my own.lua' <<'END'
--- Do it.
-- @usage  mkrun own.lua [--mode MODE] FILE
-- @arg    --mode MODE  fast, slow or careful
-- @arg    FILE  in
io.open("ran", "w")
END
)

[ $# -gt 0 ] || set -- bash zsh fish
env -i PATH="$work/root/usr/bin:/usr/bin:/bin" HOME="$work/home" \
  LC_ALL=C.UTF-8 TERM=dumb WORK="$work" \
  timeout 100 zsh -f tests/shells/press.zsh "$@"
