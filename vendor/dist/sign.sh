#!/bin/sh
# sign.sh KEY [FILE]: signs FILE; which tool does so depends on the kind of key.
#
# A secret key of minisign makes FILE.minisig; a key of SSH, or its public half
# while the agent has the other, makes FILE.sig in the namespace "file".  Either
# tool asks for a passphrase itself.  Without FILE: only looks at the key.
# SPDX-License-Identifier: MIT
set -eu

die() { echo "make dist: SIGN_KEY: $*" >&2; exit 1; }

# Of the two kinds of minisign's keys the secret one is the long one.
minisign_key() { sed -n 2p "$key" | grep -q '^RW[A-Za-z0-9+/=]\{150,\}$'; }

# Sets kind.
look() {
  [ -f "$key" ] || die "there is no file '$key'"
  [ -r "$key" ] || die "'$key' cannot be read"
  read -r first <"$key" || die "'$key' is empty"
  case $first in
    "-----BEGIN "*"PRIVATE KEY-----" | ssh-* | ecdsa-* | sk-*) kind=ssh ;;
    "untrusted comment: "*)
      minisign_key || die "'$key' is a public key of minisign, or none: the" \
        "secret one expected"
      kind=minisign
      ;;
    *) die "'$key' is neither a secret key of minisign nor a key of SSH" ;;
  esac
}

sign_by_ssh() { # FILE
  rm -f "$1.sig" # ssh-keygen would ask
  ssh-keygen -q -Y sign -n file -f "$key" "$1"
}

sign_by_minisign() { # FILE
  minisign -S -s "$key" -m "$1" -x "$1.minisig" -t "SHA256SUMS of mkrun" \
    >/dev/null
}

key=$1
# shellcheck disable=SC2088 # not every shell has expanded it
case $key in
  "~/"*) key=$HOME/${key#"~/"} ;;
esac
look
case $kind in
  ssh) sh vendor/tools.sh ssh-keygen ;;
  minisign) sh vendor/tools.sh minisign ;;
esac
[ $# = 1 ] || "sign_by_$kind" "$2"
