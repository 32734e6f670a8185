#!/bin/sh
# tools.sh: installs, with apt, what `make check` needs and the machine lacks.
#
# Asks nothing; uses sudo only when it is not run by root.  `tools.sh build`
# is content with what building alone needs.
set -eu

build="gcc libc6-dev make patch bzip2 xz-utils"
check="lua-busted lua-check lua-socket lua5.4 nginx-light openssl shellcheck
  clang-format-19 util-linux procps file"

wanted=$build
[ "${1-}" = build ] || wanted="$build $check"

missing=
for package in $wanted; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || :
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
echo "installing:$missing"
# shellcheck disable=SC2086 # words on purpose
install() {
  $sudo env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -y --no-install-recommends install $missing >/dev/null
}
# A fresh image has no package lists, an old one has stale ones.
install 2>/dev/null || { $sudo apt-get -qq update && install; }
