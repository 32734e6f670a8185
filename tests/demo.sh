#!/bin/sh
# demo.sh MKRUN: onboards the example organization on the sandbox, twice.
set -eu

mkrun=$(realpath "$1")
example=$(realpath scripts/examples/onboard.json)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

onboard() {
  echo "\$ mkrun --sandbox=state.json onboard onboard.json"
  "$mkrun" --sandbox=state.json onboard "$example"
}

onboard
echo
echo "# Once more: everything is there, nothing is written."
onboard
