#!/bin/sh
# musl.sh - builds musl's static library into a folder: musl.sh TREE FOLDER
#
# CC, CROSS and MAKE come from the environment.  The compiler's spec file gets the
# paths as they are given here, relative to where make runs.  The stack protector
# is for the resolver, which keeps answers of the network on the stack.
# SPDX-License-Identifier: MIT
set -eu

tree=$1 folder=$2
rm -rf "$folder" "$folder.new" "$folder.work"
mkdir -p "$folder.work" "$folder.new"
source=$(cd "$tree" && pwd -P)
into=$(cd "$folder.new" && pwd -P)

(
  cd "$folder.work"
  "$source/configure" --prefix="$into" --syslibdir="$into/lib" \
    --disable-shared --disable-wrapper CC="$CC" CROSS_COMPILE="${CROSS:-}" \
    CFLAGS="-fPIE -fstack-protector-strong" >configure.log 2>&1 ||
    { tail -n 20 configure.log >&2; exit 1; }
  $MAKE -s --no-print-directory install >make.log 2>&1 ||
    { tail -n 20 make.log >&2; exit 1; }
)
sh "$tree/tools/musl-gcc.specs.sh" "$folder/include" "$folder/lib" /none \
  >"$folder.new/lib/musl-gcc.specs"
rm -rf "$folder.work"
mv "$folder.new" "$folder"
