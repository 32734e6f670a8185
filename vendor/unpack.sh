#!/bin/sh
# unpack.sh - makes a patched source tree out of a downloaded tarball.
#
#   vendor/unpack.sh LIBRARY VERSION TREE TARBALL SHA256 PATCHES SHA256
#
# Both files are checked before they are unpacked.  Debian's patches come first
# (PATCHES is their archive, or ends in /-), then vendor/patches/LIBRARY/*.patch
# by name.  A patch of ours whose header says "Only-Below: 3.6.7" is left out
# from that version on.  TREE appears under its name when it is complete.
# SPDX-License-Identifier: MIT
set -eu
unset CDPATH

lib=$1 version=$2 tree=$3
ours=$(cd "${0%/*}" && pwd)/patches/$lib

die() { echo "vendor/unpack.sh: $lib: $*" >&2; exit 1; }

check() { # FILE SHA256
  [ -f "$1" ] || die "$1 is missing; make update fetches it"
  [ "$(sha256sum <"$1")" = "$2  -" ] ||
    die "$1 has changed since it was fetched; remove it and run make update"
}

older() { # A B: is version A older than version B?
  [ "$1" != "$2" ] &&
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

apply() { # FILE
  patch -s -f -p1 -d "$tree.new" <"$1" || die "${1##*/} does not apply"
}

debian_patches() { # ARCHIVE SHA256
  [ "${1##*/}" != - ] || return 0
  check "$1" "$2"
  tar -xf "$1" -C "$tree.new"
  [ -f "$tree.new/debian/patches/series" ] || return 0
  sed 's/[[:space:]]*#.*//; /^$/d' "$tree.new/debian/patches/series" |
    while read -r name _; do apply "$tree.new/debian/patches/$name"; done
}

our_patches() {
  for file in "$ours"/*.patch; do
    [ -f "$file" ] || continue
    limit=$(sed -n 's/^Only-Below: *//p' "$file")
    if [ -z "$limit" ] || older "$version" "$limit"; then apply "$file"; fi
  done
}

# A binary package is an archive of archives; its certificates and its list of
# copyrights get the places that they have in the source package.
debian_package() { # FILE
  data=$(ar t "$1" | grep '^data\.tar')
  ar p "$1" "$data" >"$tree.new/$data"
  tar -xf "$tree.new/$data" -C "$tree.new"
  mkdir "$tree.new/debian"
  mv "$tree.new/usr/share/ca-certificates/mozilla" "$tree.new/mozilla"
  mv "$tree.new/usr/share/doc/ca-certificates/copyright" "$tree.new/debian"
  rm -rf "$tree.new/$data" "$tree.new/usr" "$tree.new/etc"
}

# The one header that nghttp2's configure script would make; 1.64.0 is 0x014000.
version_header() {
  header=$tree.new/lib/includes/nghttp2/nghttp2ver.h
  number=$(echo "$version" | awk -F. '{ printf "0x%02x%02x%02x", $1, $2, $3 }')
  sed "s/@PACKAGE_VERSION@/$version/; s/@PACKAGE_VERSION_NUM@/$number/" \
    "$header.in" >"$header"
}

rm -rf "$tree.new" "$tree"
check "$4" "$5"
mkdir -p "$tree.new"
case $4 in
  *.deb) debian_package "$4" ;;
  *) tar -xf "$4" --strip-components=1 -C "$tree.new" ;;
esac
debian_patches "$6" "$7"
our_patches
if [ "$lib" = nghttp2 ]; then version_header; fi
for heavy in tests docs doc programs examples contrib packages; do
  rm -rf "$tree.new/$heavy" # half of the files, none of them compiled
done
mv "$tree.new" "$tree"
