#!/bin/sh
# npm-pack.sh NAME VERSION INTEGRITY DIR: fetches one npm package.
#
# INTEGRITY is "sha512-" and the digest in base64, as in a package-lock.json.
# This script checks it, and does not rely on npm.  Only then it creates DIR
# with the package's files.  If DIR exists, it fetches nothing.
# Exit code 3: npm fetches nothing.
# SPDX-License-Identifier: MIT
set -eu

if [ $# -ne 4 ]; then
  echo "usage: npm-pack.sh NAME VERSION INTEGRITY DIR" >&2
  exit 2
fi
name=$1 version=$2 integrity=$3 dir=$4

[ ! -d "$dir" ] || exit 0
mkdir -p "$(dirname "$dir")"
work=$(mktemp -d "$dir.XXXXXX")
trap 'rm -rf "$work"' EXIT

npm pack "$name@$version" --silent --ignore-scripts --fetch-retries=1 \
  --fetch-retry-mintimeout=2000 --fetch-retry-maxtimeout=2000 \
  --pack-destination "$work" >"$work/log" 2>&1 || {
  cat "$work/log" >&2
  exit 3
}
set -- "$work"/*.tgz

wanted=$(printf %s "${integrity#sha512-}" | base64 -d | od -An -v -tx1 |
  tr -d ' \n')
actual=$(sha512sum <"$1" | cut -d' ' -f1)
if [ "$actual" != "$wanted" ]; then
  echo "npm-pack.sh: $name $version: sha512 is $actual, $wanted expected" >&2
  exit 1
fi

mkdir "$work/package.new"
tar -xzf "$1" -C "$work/package.new" --strip-components=1
# Another run may have fetched the same package meanwhile.
mv -T "$work/package.new" "$dir" 2>/dev/null || [ -d "$dir" ]
