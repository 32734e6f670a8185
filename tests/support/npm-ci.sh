#!/bin/sh
# npm-ci.sh LOCKED DIR: installs in DIR what the package.json and
# package-lock.json of the folder LOCKED name.
#
# npm checks the packages against the digests of package-lock.json.  If they are
# installed already, it fetches nothing.  Exit code 3: npm fetches nothing.
# SPDX-License-Identifier: MIT
set -eu

if [ $# -ne 2 ]; then
  echo "usage: npm-ci.sh LOCKED DIR" >&2
  exit 2
fi
locked=$1 dir=$2

if cmp -s "$locked/package-lock.json" "$dir/fetched"; then exit 0; fi
mkdir -p "$dir"
cp "$locked/package.json" "$locked/package-lock.json" "$dir"
timeout 120 npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund \
  --silent --fetch-retries=1 --fetch-retry-mintimeout=2000 \
  --fetch-retry-maxtimeout=2000 >&2 || exit 3
cp "$locked/package-lock.json" "$dir/fetched"
