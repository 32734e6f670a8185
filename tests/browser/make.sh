#!/bin/sh
# make.sh DIR: makes the pages that are tested, and what they have to show.
#
# The organizations: `example` of the SPEC, `middle` and `large`.  Each has
# NAME.state, NAME.html and NAME.json.  `hostile` has names that try to break
# out, in each field.
# SPDX-License-Identifier: MIT
set -eu

dir=$1
mkrun=$PWD/build/release/mkrun
umask 022
mkdir -p "$dir"

organization() { # NAME USERS TEAMS PROJECTS
  cp "$dir/example.state" "$dir/$1.state"
  "$mkrun" tests/browser/large.lua "$dir/$1.state" "$2" "$3" "$4"
}

report() { # NAME
  for format in html json; do
    "$mkrun" --sandbox="$dir/$1.state" access-report --output "$format" \
      >"$dir/$1.$format"
  done
}

rm -f "$dir/example.state" "$dir"/*.token*
(cd "$dir" && "$mkrun" --sandbox=example.state onboard \
  examples/onboard.json >/dev/null)
organization middle 150 24 12
organization large 10000 500 60
for name in example middle large; do report "$name"; done

# What example.state lacks and has beside a changed SPEC, and a plan of it.
"$mkrun" --show examples/onboard.json |
  sed 's/Runs the evening channels/Runs the night/; s/"auditors"/"readers"/' \
    >"$dir/changed.json"
differs() { # OUTPUT COMMAND...: exit code 3 is "something to change"
  output=$1
  shift
  (cd "$dir" && "$mkrun" --sandbox=example.state "$@" >"$output" \
    2>"$output.err") || [ $? = 3 ]
}
for format in html json; do
  differs "drift.$format" drift --output "$format" changed.json
  differs "plan.$format" --dry-run --output "$format" onboard changed.json
done

for what in access access-json tables tables-json; do
  "$mkrun" tests/browser/hostile.lua "$what" >"$dir/hostile.$what"
done
mv "$dir/hostile.access" "$dir/hostile.html"
mv "$dir/hostile.access-json" "$dir/hostile.json"
mv "$dir/hostile.tables" "$dir/tables.html"
mv "$dir/hostile.tables-json" "$dir/tables.json"

# Who can do something, by the program itself.
for can in ams.asset.delete core.team.update core.project.get; do
  "$mkrun" --sandbox="$dir/middle.state" access-report --can "$can" \
    --output json >"$dir/can.$can.json"
done
