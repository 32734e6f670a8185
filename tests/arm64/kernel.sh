#!/bin/sh
# kernel.sh FOLDER: boots Debian's kernel for arm64 in qemu-system-aarch64, and
# prints what the kernel holds build/aarch64's program to.
#
# qemu-user knows neither seccomp nor Landlock, so this is what shows that both
# work on aarch64.  The kernel and a static busybox come by apt, into FOLDER.
# Ends with code 3 where they, or the machine, cannot be had.
# SPDX-License-Identifier: MIT
set -eu

folder=$1
mkdir -p "$folder/lists/partial" "$folder/archives/partial"
folder=$(cd "$folder" && pwd -P)

lacks() { echo "no kernel for arm64: $1"; exit 3; }

# apt with lists of its own, for packages of another machine.
arm64() { # PROGRAM WORD...
  program=$1
  shift
  "$program" -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
    -o APT::Sandbox::User=root -o Dir::State::status=/dev/null \
    -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder" \
    -o "Dir::Cache::archives=$folder/archives" "$@"
}

unpack() { # PACKAGE
  (cd "$folder" && arm64 apt-get download "$1" && dpkg-deb -x "$1"_*.deb .)
}

fetch() {
  arm64 apt-get update || return 1
  kernel=$(arm64 apt-cache depends linux-image-cloud-arm64 |
    sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p' | head -n 1)
  [ -n "$kernel" ] && unpack "$kernel" && unpack busybox-static
}

sh vendor/tools.sh qemu-system-arm aarch64-linux-gnu-gcc \
  libc6-dev-arm64-cross || lacks "its emulator cannot be installed"
[ -e "$folder/fetched" ] || fetch >"$folder/log" 2>&1 ||
  lacks "$(tail -n 1 "$folder/log")"
touch "$folder/fetched"

aarch64-linux-gnu-gcc -static -std=gnu11 -D_GNU_SOURCE -Isrc \
  -o "$folder/cage_check" tests/src/base/cage_check.c src/base/cage*.c
echo "print(require 'mkio' and io.open('it'):read 'a')" >"$folder/flow.lua"
printf 'the file in the bundle' >"$folder/it"
top=$PWD
(cd "$folder" && "$top/build/mkrun" bundle flow.lua it -o bundle \
  --base "$top/build/aarch64/release/mkrun" >bundled 2>&1) ||
  cat "$folder/bundled"

build/mkrun tests/arm64/initrd.lua bin proc dev tmp \
  bin/busybox="$(find "$folder/bin" "$folder/usr/bin" -name busybox -type f \
    2>/dev/null | head -n 1)" mkrun=build/aarch64/release/mkrun \
  cage_check="$folder/cage_check" bundle="$folder/bundle" init=tests/arm64/init.sh >"$folder/initrd"

timeout 300 qemu-system-aarch64 -M virt -cpu max,pauth-impdef=on -m 512 \
  -nographic -nic none -no-reboot -kernel "$folder"/boot/vmlinuz-* \
  -initrd "$folder/initrd" -append "console=ttyAMA0 quiet panic=-1" \
  </dev/null | tr -d '\r'
