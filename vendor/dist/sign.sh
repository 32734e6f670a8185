#!/bin/sh
# sign.sh KEY FILE: signs FILE, which tool does so depends on the kind of key.
#
# A secret key of minisign makes FILE.minisig; a key of SSH, or its public half
# while the agent has the other, makes FILE.sig in the namespace "file".  Either
# tool asks for a passphrase itself.
# SPDX-License-Identifier: MIT
set -eu

key=$1 file=$2
die() { echo "make dist: SIGN_KEY: $*" >&2; exit 1; }

[ -f "$key" ] || die "there is no file '$key'"
[ -r "$key" ] || die "'$key' cannot be read"
read -r first <"$key" || die "'$key' is empty"

# Of the two kinds of minisign's keys the secret one is the long one.
minisign_key() { sed -n 2p "$key" | grep -q '^RW[A-Za-z0-9+/=]\{150,\}$'; }

case $first in
  "-----BEGIN "*"PRIVATE KEY-----" | ssh-* | ecdsa-* | sk-*)
    sh vendor/tools.sh ssh-keygen
    rm -f "$file.sig" # ssh-keygen would ask
    ssh-keygen -q -Y sign -n file -f "$key" "$file"
    ;;
  "untrusted comment: "*)
    minisign_key || die "'$key' is a public key of minisign, or none: the" \
      "secret one expected"
    sh vendor/tools.sh minisign
    minisign -S -s "$key" -m "$file" -x "$file.minisig" \
      -t "SHA256SUMS of mkrun" >/dev/null
    ;;
  *) die "'$key' is neither a secret key of minisign nor a key of SSH" ;;
esac
