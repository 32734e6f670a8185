#!/bin/sh
# unpack.sh - makes a patched source tree out of a downloaded package.
#
#   vendor/unpack.sh LIBRARY VERSION TARBALL DEBIAN-TARBALL TREE
#
# Debian's patches come first (none when DEBIAN-TARBALL ends in /-), then
# vendor/patches/LIBRARY/*.patch by name.  A patch of ours whose header says
# "Only-Below: 3.6.7" is left out from that version on.  TREE appears under its
# name when it is complete.
# SPDX-License-Identifier: MIT
set -eu

lib=$1 version=$2 tarball=$3 debian=$4 tree=$5
patches=$(cd "${0%/*}" && pwd)/patches/$lib

older() { # A B: is version A older than version B?
  [ "$1" != "$2" ] &&
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

apply() { # FILE
  patch -s -f -p1 -d "$tree.new" <"$1" || {
    echo "vendor/unpack.sh: $lib: ${1##*/} does not apply" >&2
    exit 1
  }
}

debian_patches() {
  [ "${debian##*/}" != - ] || return 0
  tar -xf "$debian" -C "$tree.new"
  [ -f "$tree.new/debian/patches/series" ] || return 0
  sed 's/[[:space:]]*#.*//; /^$/d' "$tree.new/debian/patches/series" |
    while read -r name _; do apply "$tree.new/debian/patches/$name"; done
}

our_patches() {
  for file in "$patches"/*.patch; do
    [ -f "$file" ] || continue
    limit=$(sed -n 's/^Only-Below: *//p' "$file")
    if [ -z "$limit" ] || older "$version" "$limit"; then apply "$file"; fi
  done
}

# The one header that nghttp2's configure script would make; 1.64.0 is 0x014000.
version_header() {
  header=$tree.new/lib/includes/nghttp2/nghttp2ver.h
  number=$(echo "$version" | awk -F. '{ printf "0x%02x%02x%02x", $1, $2, $3 }')
  sed "s/@PACKAGE_VERSION@/$version/; s/@PACKAGE_VERSION_NUM@/$number/" \
    "$header.in" >"$header"
}

rm -rf "$tree.new" "$tree"
mkdir -p "$tree.new"
tar -xf "$tarball" --strip-components=1 -C "$tree.new"
debian_patches
our_patches
if [ "$lib" = nghttp2 ]; then version_header; fi
for heavy in tests docs doc programs examples contrib packages; do
  rm -rf "$tree.new/$heavy" # half of the files, none of them compiled
done
mv "$tree.new" "$tree"
