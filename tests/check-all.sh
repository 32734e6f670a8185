#!/bin/sh
# check-all.sh PART...: runs `make check`, and then these scripts.
#
# Each PART is a script that prints its own results and ends with a line `N
# passed, N failed, N skipped`, as `make check` does.  The last line here is the
# sum.  Lines at the head of a PART say what it needs:
#
#   # @tools chromium nodejs   commands or packages; installed if missing
#   # @seconds 120             about so long it takes
#
# A PART whose tools cannot be installed counts as skipped.  CHECK_UNTIL (in
# seconds since 1970) is when all has to be done: a PART that would take longer
# counts as skipped, and one that still runs then is ended and counts as
# skipped.  `make check` itself always runs to its end.
# SPDX-License-Identifier: MIT
set -u

passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

add() { # PASSED FAILED SKIPPED
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

skip() { # PART REASON
  echo "skipped $1: $2"
  echo "skipped $1: $2" >>"$work/skipped"
  add 0 0 1
}

# Runs a command, and prints and keeps its output.  Sets $status.
keep() { # COMMAND...
  { "$@"; echo $? >"$work/status"; } 2>&1 | tee "$work/log"
  status=$(cat "$work/status")
}

# Adds the last line of the output that $status belongs to.
count() { # WHAT
  sums=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' \
    "$work/log" | tail -n 1)
  # shellcheck disable=SC2086 # three numbers, or none
  set -- "$1" $sums
  if [ $# -lt 4 ]; then
    add 0 1 0
  else
    add "$2" "$3" "$4"
    [ "$status" = 0 ] || [ "$3" != 0 ] || add 0 1 0
  fi
  [ "$status" = 0 ] && [ $# = 4 ] ||
    echo "$1 ended with code $status" >>"$work/failed"
}

# Prints the rest of a line `# @NAME ...` at the head of a script.
mark() { # NAME SCRIPT
  sed -n "/^#/!q; s/^# @$1 *//p" "$2"
}

left() { echo $((CHECK_UNTIL - $(date +%s))); }

fits() { # PART
  [ -n "${CHECK_UNTIL:-}" ] || return 0
  seconds=$(mark seconds "$1")
  [ "$(left)" -gt "${seconds:-60}" ]
}

is_late() { [ -n "${CHECK_UNTIL:-}" ] && [ "$(left)" -le 0 ]; }

in_time() { # COMMAND...
  if is_late; then
    return 124
  elif [ -n "${CHECK_UNTIL:-}" ]; then
    timeout -k 10 "$(left)" "$@"
  else
    "$@"
  fi
}

run() { # PART
  keep in_time sh "$1"
  if [ "$status" != 0 ] && is_late; then
    skip "$1" "it was not done in time"
  else
    count "$1"
  fi
}

part() { # PART
  tools=$(mark tools "$1")
  echo
  echo "$1"
  # shellcheck disable=SC2086 # one word for each tool
  if ! fits "$1"; then
    skip "$1" "it takes longer than the $(left) s that are left"
  elif ! in_time sh vendor/tools.sh $tools 2>"$work/tools"; then
    cat "$work/tools"
    skip "$1" "its tools cannot be installed: $tools"
  else
    run "$1"
  fi
}

keep "${MAKE:-make}" check
count "make check"
for script; do part "$script"; done

echo
cat "$work/skipped" "$work/failed" 2>/dev/null
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
