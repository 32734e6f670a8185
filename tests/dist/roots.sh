# roots.sh - small systems to install the package in; part of run.sh.
#
# debootstrap makes one for each release of Debian, once: build/dist-test keeps
# them as archives.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # run.sh says CACHE and WORK

RELEASES="bookworm trixie"

mirror() {
  # shellcheck disable=SC2016 # apt's own notation
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
    'Label: Debian' 2>/dev/null | sort -u | head -n 1
}

make_root() { # RELEASE
  place=$WORK/new-$1
  # shellcheck disable=SC2046 # a mirror, or nothing
  timeout -k 5 150 debootstrap --variant=minbase \
    --include=bash-completion "$1" "$place" $(mirror) \
    >"$WORK/$1.log" 2>&1 &&
    tar -C "$place" --one-file-system -cf "$CACHE/$1-bash.new" \
      --exclude='./var/cache/apt/archives/*.deb' . &&
    mv "$CACHE/$1-bash.new" "$CACHE/$1-bash.tar"
  rm -rf "$place" "$CACHE/$1-bash.new"
}

make_roots() {
  [ "$(id -u)" = 0 ] && has debootstrap || return 0
  for release in $RELEASES; do
    [ -f "$CACHE/$release-bash.tar" ] || make_root "$release"
  done
}
