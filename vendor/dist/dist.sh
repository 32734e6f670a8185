#!/bin/sh
# dist.sh FOLDER ARCH=BUILD...: makes what people install, in FOLDER.
#
# BUILD is the folder with release/mkrun of ARCH; that of build/ runs here.
# Each file depends on what was built and on these variables alone: VERSION,
# COMMIT, MAINTAINER, SOURCE_DATE_EPOCH.  SIGN_KEY names a key or is empty.
# SPDX-License-Identifier: MIT
set -eu
unset CDPATH MKRUN_LUA MKRUN_CONFINE LUA_INIT LUA_PATH LUA_CPATH
unset GZIP TAR_OPTIONS XZ_DEFAULTS XZ_OPT
export LC_ALL=C TZ=UTC0 SOURCE_DATE_EPOCH
umask 022

here=$(cd "$(dirname "$0")" && pwd -P)
folder=$1
shift
work=$folder.work
mkrun=$PWD/build/release/mkrun

say() { printf '%s\n' "$*" >&2; }
die() { say "make dist: $*"; exit 1; }

# Runs a script of this folder.  The copy is ours: mkrun confines a script that
# somebody else can write.
tool() { # NAME ARGUMENT...
  cp "$here/$1.lua" "$work/$1.lua"
  chmod 600 "$work/$1.lua"
  name=$1
  shift
  "$mkrun" -E "$work/$name.lua" "$@"
}

# shellcheck source=vendor/dist/tree.sh
. "$here/tree.sh"
# shellcheck source=vendor/dist/deb.sh
. "$here/deb.sh"

tarball() { # ARCH BUILD
  name=mkrun-$VERSION-linux-$1
  tree "$2" "$work/$name"
  normal "$work/$name"
  tar -C "$work" --sort=name --format=ustar --owner=0 --group=0 \
    --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf - "$name" |
    gzip -9n >"$folder/$name.tar.gz"
}

bills() { # ARCH BUILD
  for format in cyclonedx:cdx spdx:spdx; do
    tool sbom "$2/generated/sbom.json" "$2/release/mkrun" "$COMMIT" \
      "$SOURCE_DATE_EPOCH" "${format%:*}" \
      >"$folder/mkrun-$VERSION-$1.${format#*:}.json"
  done
}

# The machine that a program is for, as its ELF header says.
machine() { # FILE
  case $(od -An -tx1 -j18 -N2 "$1" | tr -d ' ') in
    3e00) echo x86_64 ;;
    b700) echo aarch64 ;;
  esac
}

[ "${SOURCE_DATE_EPOCH:-0}" != 0 ] ||
  die "git says no time of a commit here (is this a checkout of your own?):" \
    "SOURCE_DATE_EPOCH has to"
case ${COMMIT:-unknown} in
  unknown) say "make dist: the commit is not known; the files do not say it" ;;
  *-dirty) say "make dist: there are changes that are not committed;" \
    "the files say $COMMIT" ;;
esac

rm -rf "$folder" "$work"
mkdir -p "$folder" "$work"
for pair; do
  arch=${pair%%=*} build=${pair#*=}
  say "  DIST  $arch"
  [ "$(machine "$build/release/mkrun")" = "$arch" ] ||
    die "$build/release/mkrun is no program for $arch"
  tarball "$arch" "$build"
  deb "$arch" "$build"
  bills "$arch" "$build"
done
tool image "$folder/mkrun-$VERSION-image.tar" "$VERSION" "$COMMIT" \
  "$SOURCE_DATE_EPOCH" "$@"

chmod 644 "$folder"/*
(cd "$folder" && sha256sum -- *) >"$work/SHA256SUMS"
mv "$work/SHA256SUMS" "$folder/SHA256SUMS"
rm -rf "$work"
[ -z "${SIGN_KEY:-}" ] || sh "$here/sign.sh" "$SIGN_KEY" "$folder/SHA256SUMS"
say "  DIST  $folder"
