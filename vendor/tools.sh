#!/bin/sh
# tools.sh - sees to it that the named commands exist: tools.sh gcc patch ...
# A package that brings no command is named itself: lua-socket.
#
# Says nothing when they do.  Otherwise it says what it installs, and installs
# it with apt-get (through sudo when it is not run by root).
# SPDX-License-Identifier: MIT
set -eu

package() { # COMMAND
  case $1 in
    ar) echo binutils ;;
    ld.lld) echo lld ;;
    xz) echo xz-utils ;;
    sha256sum | md5sum) echo coreutils ;;
    ssh-keygen) echo openssh-client ;;
    flock) echo util-linux ;;
    luacheck) echo lua-check ;;
    busted) echo lua-busted ;;
    setpriv) echo util-linux ;;
    timeout) echo coreutils ;;
    nginx) echo nginx-light ;;
    *-linux-gnu-gcc) echo "gcc-$(echo "${1%-gcc}" | tr _ -)" ;;
    *) echo "$1" ;;
  esac
}

present() { # COMMAND-OR-PACKAGE
  command -v "$1" >/dev/null ||
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null |
    grep -qx installed
}

missing=
for tool; do
  present "$tool" || missing="$missing $(package "$tool")"
done
[ -n "$missing" ] || exit 0

root=
[ "$(id -u)" = 0 ] || root=sudo
echo "  INSTALL$missing (with apt-get)"
# No service is started: a server that comes along is for the tests alone.
apt() {
  $root env DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 apt-get -qq "$@"
}
# shellcheck disable=SC2086 # one word for each package
install() {
  apt install -y --no-install-recommends $missing >/dev/null
}
install 2>/dev/null || { apt update && install; }
