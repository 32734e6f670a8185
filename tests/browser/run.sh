#!/bin/sh
# run.sh: tests pages in Chromium.  Skips where Chromium or npm is missing.
#
#   sh tests/browser/run.sh [NAME]...      only tests/browser/NAME.test.js
#   sh tests/browser/run.sh --bench        prints sizes and times instead
#   sh tests/browser/run.sh --shots DIR    takes screenshots instead
#
# The last line is "N passed, N failed, N skipped".
#
# @tools chromium nodejs npm
# @seconds 240
# SPDX-License-Identifier: MIT
set -eu

cd "$(dirname "$0")/../.."
BROWSER=build/browser
NPM=$BROWSER/npm

skip() { # REASON
  echo "browser: skipped: $1"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

CHROMIUM=$(command -v chromium || command -v chromium-browser) ||
  skip "chromium is not installed"
command -v node >/dev/null || skip "node is not installed"
command -v npm >/dev/null || skip "npm is not installed"

sh tests/support/npm-ci.sh tests/browser "$NPM" || skip "npm fetches nothing"

sh tests/browser/make.sh "$BROWSER" || {
  echo "browser: the pages cannot be made"
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

export CHROMIUM
NODE_PATH=$PWD/$NPM/node_modules
export NODE_PATH
case ${1-} in
  --bench) exec node tests/browser/bench.js "$BROWSER" ;;
  --shots) exec node tests/browser/shots.js "$BROWSER" "$2" ;;
  *) exec node tests/browser/main.js "$BROWSER" "$@" ;;
esac
