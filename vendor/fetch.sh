#!/bin/sh
# fetch.sh - downloads the sources that vendor/lock names.
#
#   vendor/fetch.sh FOLDER RESULT.mk    what FOLDER does not have yet
#   vendor/fetch.sh --outdated FOLDER   says what Debian has that is newer
#
# A file is asked for at each of its places, then by the lists of the mirror; if
# it is nowhere, the next source of the library is tried.  The mirror is the one
# that the machine's apt uses; MIRROR=URL (ending in /debian/) overrides it.
# RESULT.mk says, for make, which source of each library is in FOLDER.
# SPDX-License-Identifier: MIT
set -eu
unset CDPATH
export LC_ALL=C # apt's messages are read, and versions sorted

here=$(cd "$(dirname "$0")" && pwd -P)
lock=$here/lock
helper=/usr/lib/apt/apt-helper

say() { printf '%s\n' "$*" >&2; }
die() { say "vendor/fetch.sh: $*"; exit 1; }

# shellcheck source=vendor/lists.sh
. "$here/lists.sh"

# --- The lock -----------------------------------------------------------------

libraries() { sed -n 's/^Library: //p' "$lock"; }

# versions LIBRARY: the versions of its sources, best first.
versions() { awk -v lib="$1" '$1 == "Source:" && $2 == lib { print $3 }' "$lock"; }

# field STANZA NAME: the values of a field, one per line.  STANZA is what its
# first line says: "Library: curl", "Source: curl 8.22.0".
field() {
  awk -v stanza="$1" -v name="$2:" '
    /^(Library|Source):/ { here = $0 == stanza }
    here && $1 == name { sub(/^[^:]*: */, ""); print }' "$lock"
}

# --- The places ---------------------------------------------------------------

is() { # FILE SHA256
  [ -f "$1" ] && [ "$(sha256sum <"$1")" = "$2  -" ]
}

# Notes what went wrong, once, without the password of an address.
tried() {
  line="  $(printf '%s' "$*" | sed 's#//[^/ ]*@#//...@#g')"
  grep -qxF "$line" part/tried || printf '%s\n' "$line" >>part/tried
}

# The address of a place; nothing where there is no mirror.
address() { # PLACE
  case $1 in
    pool/*) [ -z "$mirror" ] || printf '%s%s' "$mirror" "$1" ;;
    *) printf '%s' "$1" ;;
  esac
}

# An address of https needs roots, which a bare Debian does not have.
see_to_roots() { # ADDRESS
  case $1 in https:*) ;; *) return ;; esac
  [ -e /etc/ssl/certs/ca-certificates.crt ] && return
  sh "$here/tools.sh" ca-certificates >&2 || true
}

# download SHA256 ADDRESS NAME
download() {
  [ -x "$helper" ] || { tried "$2: $helper is missing, a part of apt"; return 1; }
  see_to_roots "$2"
  rm -f part/file part/file.FAILED
  if timeout 900 "$helper" -q -o APT::Sandbox::User=root -o Acquire::Retries=1 \
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 \
    download-file "$2" "$PWD/part/file" "SHA256:$1" >part/log 2>&1 &&
    is part/file "$1"; then
    cp -L part/file "$3.new" && mv "$3.new" "$3" # a link for MIRROR=file:
    return
  fi
  why=$(sed -n 's/^E: //p' part/log | sed "s#^Failed to fetch [^ ]* *##" |
    grep -v '^Download Failed' | sed 's/ *\[IP:.*//' | tr -s ' \n' ' ')
  [ ! -f part/file ] || why="wrong SHA-256"
  tried "$2: ${why:-no file came in 900 seconds}"
  return 1
}

# known LIBRARY VERSION FIELD: what is acceptable as FIELD, in a file with lines
# "SHA256 PLACE": what the lock says and what the lists have vouched for.
known() {
  field "Source: $1 $2" "$3" >part/known
  [ ! -f listed ] || sed -n "s/^$1 $2 $3 //p" listed >>part/known
}

found() { # SHA256 NAME
  sum=$1 name=$2
}

# obtain LIBRARY VERSION FIELD: sees to it that the file is in the folder; sets
# sum and name.
obtain() {
  known "$@"
  while read -r sha place; do
    if is "${place##*/}" "$sha"; then found "$sha" "${place##*/}"; return; fi
  done <part/known
  while read -r sha place <&3; do
    url=$(address "$place")
    if [ -z "$url" ]; then
      tried "$place: apt has no Debian mirror configured here"
    elif download "$sha" "$url" "${place##*/}"; then
      found "$sha" "${place##*/}"
      return
    fi
  done 3<part/known
  by_lists "$@"
}

# --- By the lists of the mirror -----------------------------------------------

newer() { dpkg --compare-versions "$1" gt "$2"; }

# The lines with tarballs, or with patches.
part_of() { # FIELD
  if [ "$1" = Patches ]; then
    grep -E '\.debian\.tar\.[a-z0-9]+$'
  else
    grep -E '\.tar\.[a-z0-9]+$|_all\.deb$' |
      grep -vE '\.debian\.tar\.|\.orig-[^ /]*\.tar\.'
  fi
}

# May these bytes be used, which the signed lists vouch for?
acceptable() { # LIBRARY VERSION FIELD OFFER SHA256
  grep -q "^$5 " part/known && return
  if [ "$3" = Patches ]; then
    revision=$(field "Source: $1 $2" Revision)
    [ "${4%-*}" = "${revision%-*}" ] && newer "$4" "$revision"
  else
    [ "$(field "Library: $1" Newer)" = yes ] && newer "$4" "$2"
  fi
}

# What the lists have vouched for is known from now on.
note() { # LIBRARY VERSION FIELD SHA256 NAME OFFER
  echo "$1 $2 $3 $4 listed/$5" >>listed
  echo "$1 $2 $3-is $4 $6" >>listed
}

# by_lists LIBRARY VERSION FIELD
by_lists() {
  package=$(field "Library: $1" Package)
  read_lists || return 1
  offers "$package" "$(field "Library: $1" Newer)" >part/offers
  tried "the lists of Debian offer $package" \
    "$(cut -d' ' -f1 part/offers | uniq | tr '\n' ' ' | sed 's/^$/nothing/')"
  part_of "$3" <part/offers >part/files || true
  while read -r offer sha url <&4; do
    acceptable "$1" "$2" "$3" "${offer#*:}" "$sha" || continue
    download "$sha" "$url" "${url##*/}" || continue
    grep -q "^$sha " part/known ||
      note "$1" "$2" "$3" "$sha" "${url##*/}" "${offer#*:}"
    found "$sha" "${url##*/}"
    return
  done 4<part/files
  return 1
}

# --- One source of each library -----------------------------------------------

# What the file is called that was obtained: by the lists, else by the lock.
called() { # LIBRARY VERSION FIELD OTHERWISE
  answer=
  [ ! -f listed ] || answer=$(sed -n "s/^$1 $2 $3-is $sum //p" listed)
  printf '%s' "${answer:-$4}"
}

# take LIBRARY VERSION: a line of the result, or false: try the next source.
take() {
  obtain "$1" "$2" Tarball || return 1
  tarsum=$sum tarball=$name version=$(called "$1" "$2" Tarball "$2")
  sum=- name=- revision=$version
  if [ -n "$(field "Source: $1 $2" Patches)" ]; then
    obtain "$1" "$2" Patches || return 1
    revision=$(called "$1" "$2" Patches "$(field "Source: $1 $2" Revision)")
  fi
  cat >>part/result <<RESULT
VERSION_$1 := $version
REVISION_$1 := $revision
TARBALL_$1 := $tarball
TARSUM_$1 := $tarsum
PATCHES_$1 := $name
PATCHSUM_$1 := $sum
RESULT
}

give_up() { # LIBRARY
  line=$(grep -n "^Source: $1 " "$lock" | head -n 1 | cut -d: -f1)
  say "vendor/fetch.sh: cannot download '$1'; tried:"
  cat part/tried >&2
  die "is there a network${MIRROR:+, and is MIRROR right}? If so, set" \
    "MIRROR=URL to a Debian mirror that has one of these files, or write a" \
    "line \"Tarball: SHA256 ADDRESS\" below line $line of vendor/lock"
}

get() { # LIBRARY
  : >part/tried
  first=
  for v in $(versions "$1"); do
    [ -n "$first" ] || first=$v
    if take "$1" "$v"; then
      [ "$v" = "$first" ] || { cat part/tried >&2
        say "  $1 $first cannot be had today, $v is used (make update asks again)"; }
      return
    fi
  done
  give_up "$1"
}

# --- What is newer ------------------------------------------------------------

# Debian's version as the authors would write it: 1:1.3.dfsg+really1.3.2-4 is
# 1.3.2.
plain() {
  echo "$1" | sed 's/^[0-9]*://; s/.*+really//; s/-[^-]*$//; s/+dfsg.*//'
}

outdated() {
  : >part/tried
  read_lists || { cat part/tried >&2; die "no list can be read"; }
  for lib in $(libraries); do
    ours=$(versions "$lib" | head -n 1)
    theirs=$(offers "$(field "Library: $lib" Package)" no | cut -d' ' -f1 |
      grep -v '~rc' | head -n 1)
    if [ -z "$theirs" ]; then
      echo "$lib $ours: Debian has none"
    elif newer "$(plain "$theirs")" "$(plain "$ours")"; then
      echo "$lib $ours: Debian has $theirs"
    fi
  done
}

# --- Main ---------------------------------------------------------------------

want_outdated=
if [ "$1" = --outdated ]; then want_outdated=yes; shift; fi
mkdir -p "$1/part"
mirror=$(find_mirror)
result=
if [ -z "$want_outdated" ]; then
  case $2 in /*) result=$2 ;; *) result=$PWD/$2 ;; esac
fi
cd "$1"
folder=$PWD
if [ -n "$want_outdated" ]; then outdated; exit; fi

: >part/result
for lib in $(libraries); do get "$lib"; done
mv part/result "$result"
rm -rf part
