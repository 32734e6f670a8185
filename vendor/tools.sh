#!/bin/sh
# tools.sh - sees to it that the named commands exist: tools.sh gcc patch ...
#
# Says nothing when they do.  Otherwise it says what it installs, and installs
# it with apt-get (through sudo when it is not run by root).
# SPDX-License-Identifier: MIT
set -eu

package() { # COMMAND
  case $1 in
    ar) echo binutils ;;
    xz) echo xz-utils ;;
    sha256sum) echo coreutils ;;
    flock) echo util-linux ;;
    clang-format | gcc | make | patch | bzip2 | file | shellcheck) echo "$1" ;;
    luacheck) echo lua-check ;;
    busted) echo lua-busted ;;
    nginx) echo nginx-light ;;
    *) echo "$1" ;;
  esac
}

missing=
for tool; do
  command -v "$tool" >/dev/null || missing="$missing $(package "$tool")"
done
[ -n "$missing" ] || exit 0

root=
[ "$(id -u)" = 0 ] || root=sudo
echo "  INSTALL$missing (with apt-get)"
# shellcheck disable=SC2086 # one word for each package
$root apt-get -qq install -y --no-install-recommends $missing >/dev/null || {
  $root apt-get -qq update
  $root apt-get -qq install -y --no-install-recommends $missing >/dev/null
}
