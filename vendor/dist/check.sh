#!/bin/sh
# check.sh LOCK GOT: are the sources the first ones of the lock?
#
# A distribution of other sources would be another one on each machine, and
# perhaps one with known faults.  ALLOW_FALLBACK=1 takes what there is.
# SPDX-License-Identifier: MIT
set -eu

lock=$1 got=$2

# The value of NAME_LIBRARY in what fetch.sh has written.
value() { sed -n "s/^$1 := //p" "$got"; }

libraries() { sed -n 's/^Library: //p' "$lock"; }

# The first version of a library, and Debian's revision if it has patches.
first() { # LIBRARY
  awk -v lib="$1" '
    /^(Library|Source):/ {
      if (found) exit
      found = $1 == "Source:" && $2 == lib
      version = $3
    }
    found && $1 == "Revision:" { version = $2 }
    END { print version }' "$lock"
}

other=
for library in $(libraries); do
  wanted=$(first "$library") revision=$(value "REVISION_$library")
  [ "$revision" != "$wanted" ] || continue
  echo "make dist: $library $revision was fetched, not $wanted," \
    "the first of vendor/lock" >&2
  other=yes
done

[ -n "$other" ] || exit 0
[ "${ALLOW_FALLBACK:-}" != 1 ] || exit 0
echo "make dist: make update asks for the first ones again;" \
  "ALLOW_FALLBACK=1 takes what there is" >&2
exit 1
