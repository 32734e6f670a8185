# files.sh - sums, signatures, bills of materials, tarballs; part of run.sh.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2164 # run.sh has CACHE ... and set -e

sums() {
  cd "$DIST"
  sha256sum -c SHA256SUMS
  for file in *; do
    case $file in SHA256SUMS*) ;; *) grep -q "  $file\$" SHA256SUMS ;; esac
  done
  refused grep -v '^[0-9a-f]\{64\}  mkrun[-_]' SHA256SUMS
}

signed_by_minisign() {
  cp "$DIST/SHA256SUMS" "$DIST/SHA256SUMS.minisig" "$WORK"
  minisign -V -p "$WORK/minisign.pub" -m "$WORK/SHA256SUMS"
  echo "and more" >>"$WORK/SHA256SUMS"
  refused minisign -V -p "$WORK/minisign.pub" -m "$WORK/SHA256SUMS"
}

verify() { # FILE
  ssh-keygen -Y verify -f "$WORK/allowed" -I ops@acme.example -n file \
    -s "$WORK/SHA256SUMS.sig" <"$1"
}

signed_by_ssh() {
  rm -f "$WORK/ssh" "$WORK/ssh.pub"
  ssh-keygen -q -t ed25519 -N '' -f "$WORK/ssh"
  echo "ops@acme.example $(cat "$WORK/ssh.pub")" >"$WORK/allowed"
  cp "$DIST/SHA256SUMS" "$WORK"
  sh vendor/dist/sign.sh "$WORK/ssh" "$WORK/SHA256SUMS"
  sh vendor/dist/sign.sh "$WORK/ssh" "$WORK/SHA256SUMS" # there is one already
  verify "$DIST/SHA256SUMS"
  refused verify "$WORK/ssh.pub"
}

fetch() { sh tests/support/npm-ci.sh "$TESTS" "$CACHE/npm"; }

bill() { NODE_PATH=$CACHE/npm/node_modules node "$TESTS/sbom.js" "$@"; }

bills() { bill "$DIST"/*.json; }

# Not only that there is a licence, a name and a time is looked at.
wrong_bills() {
  for kind in cdx spdx; do
    for change in 's/"MPL-2.0"/"MLP-2.0"/' \
      's/"\(bom-ref": "\|SPDXID": "SPDXRef-\)zlib"/"\1zlob"/' \
      's/"\(created\|timestamp\)": "/&x/'; do
      sed "$change" "$DIST"/*x86_64.$kind.json >"$WORK/x.$kind.json"
      refused cmp -s "$WORK/x.$kind.json" "$DIST"/*x86_64.$kind.json
      refused bill "$WORK/x.$kind.json"
    done
  done
}

# The bill beside a binary is what the binary prints, but for the binary's hash,
# which the name of the bill depends on.
own_bill() { # ARCH RUNNER...
  arch=$1
  shift
  unpack_tarball "$arch"
  "$@" "$WORK/prefix/bin/mkrun" --sbom=spdx >"$WORK/own"
  diff "$WORK/own" "$(echo "$DIST"/*-"$arch".spdx.json)" >"$WORK/changes" || :
  cat "$WORK/changes"
  grep -q "^> .*$(sha256sum <"$WORK/prefix/bin/mkrun" | cut -d' ' -f1)" \
    "$WORK/changes"
  grep '^< ' "$WORK/changes" >"$WORK/own"
  refused grep -v documentNamespace "$WORK/own"
}

unpack_tarball() { # ARCH
  rm -rf "$WORK/prefix"
  mkdir "$WORK/prefix"
  tar -C "$WORK/prefix" --strip-components=1 \
    -xzf "$DIST"/mkrun-*-linux-"$1".tar.gz
}

tarball_holds() { # ARCH
  tar -tvzf "$DIST"/mkrun-*-linux-"$1".tar.gz >"$WORK/list"
  cat "$WORK/list"
  refused grep -v ' 0/0 ' "$WORK/list"
  refused grep -v '^\(drwxr-xr-x\|-rw-r--r--\|-rwxr-xr-x .*/bin/mkrun$\)' \
    "$WORK/list"
  for file in bin/mkrun share/man/man1/mkrun.1 share/doc/mkrun/LICENSE \
    share/doc/mkrun/THIRD-PARTY.txt share/zsh/site-functions/_mkrun \
    share/bash-completion/completions/mkrun \
    share/fish/vendor_completions.d/mkrun.fish \
    share/mkrun/types/mkrun/json.lua; do
    grep -q "mkrun-[0-9][^/]*/$file\$" "$WORK/list"
  done
  unpack_tarball "$1"
  version=$(ls "$DIST"/mkrun-*-linux-"$1".tar.gz)
  version=${version##*/mkrun-}
  grep -q "^\.TH MKRUN 1 20.* \"mkrun ${version%-linux-*}\"" \
    "$WORK/prefix/share/man/man1/mkrun.1"
}

try_files() {
  check "SHA256SUMS names each file" sums
  if [ -f "$DIST/SHA256SUMS.minisig" ]; then
    check "a key of minisign signs" signed_by_minisign
  fi
  check "a key of SSH signs" signed_by_ssh
  for arch in x86_64 aarch64; do
    check "the tarball for $arch has all, for everybody" tarball_holds "$arch"
  done
  check "mkrun --sbom is the bill of x86_64" own_bill x86_64
  check "mkrun --sbom is the bill of aarch64" own_bill aarch64 \
    qemu-aarch64-static
  if ! has node || ! fetch; then
    skip "bills of materials" "node is missing, or npm fetches nothing"
    return
  fi
  check "bills of materials are valid" bills
  check "bills that are not are told" wrong_bills
}
