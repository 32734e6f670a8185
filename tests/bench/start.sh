#!/bin/sh
# start.sh MKRUN [RUNS]: time to start on an empty script, beside lua5.4's.
#
# The two take turns, so that a slow moment of the machine meets both; the
# figures are medians.  Each sample is a batch, since one start is shorter
# than the clock of a shell is good for.
set -eu

mkrun=$1
runs=${2-31}
BATCH=50

sh vendor/tools.sh lua5.4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
: > "$folder/empty.lua"

batch() { # PROGRAM: microseconds for one start
  start=$(date +%s%N)
  i=0
  while [ $i -lt $BATCH ]; do
    "$1" "$folder/empty.lua"
    i=$((i + 1))
  done
  echo $((($(date +%s%N) - start) / BATCH / 1000))
}

median() { # FILE
  sort -n "$1" | sed -n "$(((runs + 1) / 2))p"
}

n=0
while [ $n -lt "$runs" ]; do
  batch "$mkrun" >> "$folder/mkrun"
  batch lua5.4 >> "$folder/lua"
  batch /bin/true >> "$folder/true"
  n=$((n + 1))
done

ours=$(median "$folder/mkrun")
theirs=$(median "$folder/lua")
none=$(median "$folder/true")
printf 'start of an empty script, with the fork: medians of %d x %d\n' \
  "$runs" "$BATCH"
printf '  mkrun      %5d us\n  lua5.4     %5d us\n  /bin/true  %5d us\n' \
  "$ours" "$theirs" "$none"
printf '  mkrun / lua5.4: %d.%02d\n' \
  $((ours / theirs)) $((ours * 100 / theirs % 100))
printf 'size: %d bytes\n' "$(wc -c < "$mkrun")"
