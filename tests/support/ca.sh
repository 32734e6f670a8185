#!/bin/sh
# ca.sh FOLDER: makes a throw-away CA and certificates; ca.lua calls it.
#
#   ca.pem                the root that the tests trust
#   other-ca.pem          a root that the tests do not trust
#   NAME.pem NAME.key     certificate (with its intermediate) and key:
#     rsa ecdsa           for localhost, 127.0.0.1 and ::1
#     wrong-host          for another.test
#     expired             expired years ago
#     untrusted           signed by the other CA
#     self-signed         signed with its own key
#     name-only           for localhost, without an IP address
#     short               RSA with 1024 bits
#     sha1                signed with SHA-1
#     under-old-root      signed by old-root.pem, which is signed with SHA-1
#     no-intermediate     as ecdsa, but without its intermediate
#     client              for a client; client-other: signed by the other CA
set -eu
mkdir -p "$1"
cd "$1"

OPENSSL_CONF=$PWD/openssl.cnf
export OPENSSL_CONF
cat > openssl.cnf <<'CNF'
[req]
distinguished_name = dn
prompt = no
[dn]
CN = ignored
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
authorityKeyIdentifier = keyid
subjectAltName = ${ENV::SAN}
CNF
LOCAL="DNS:localhost, IP:127.0.0.1, IP:::1"
SAN=$LOCAL
export SAN

key() { # NAME KIND
  case $2 in
  rsa) openssl genrsa -out "$1.key" 2048 ;;
  rsa1024) openssl genrsa -out "$1.key" 1024 ;;
  *) openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" ;;
  esac
}

root() { # NAME [DIGEST]
  key "$1" ecdsa
  openssl req -new -x509 "-${2-sha256}" -days 30 -extensions root \
    -subj "/CN=mkrun test $1" -key "$1.key" -out "$1.pem"
}

digest=sha256

issue() { # NAME KIND CA SECTION SAN
  name=$1 kind=$2 ca=$3 section=$4 SAN=$5
  key "$name" "$kind"
  openssl req -new -subj "/CN=mkrun test $name" -key "$name.key" \
    -out "$name.csr"
  openssl x509 -req "-$digest" -days 30 -in "$name.csr" -out "$name.crt" \
    -CA "$ca.pem" -CAkey "$ca.key" -set_serial "0x$(openssl rand -hex 8)" \
    -extfile openssl.cnf -extensions "$section"
  cat "$name.crt" > "$name.pem"
}

# Signs with the intermediate, and puts it into the file as well.
leaf() { # NAME KIND SAN
  issue "$1" "$2" intermediate leaf "$3"
  cat intermediate.crt >> "$1.pem"
}

# `openssl x509` cannot set dates before version 3.4; `openssl ca` can.
expired() {
  key expired ecdsa
  openssl req -new -subj "/CN=mkrun test expired" -key expired.key \
    -out expired.csr
  cat >> openssl.cnf <<'CNF'
[ca_expired]
database = index.txt
rand_serial = yes
new_certs_dir = .
policy = policy
[policy]
commonName = supplied
CNF
  : > index.txt
  openssl ca -batch -name ca_expired -notext -md sha256 -in expired.csr \
    -out expired.crt -cert intermediate.pem -keyfile intermediate.key \
    -extensions leaf -startdate 20200101000000Z -enddate 20200201000000Z
  cat expired.crt intermediate.crt > expired.pem
}

root ca
root other-ca
root old-root sha1
issue intermediate ecdsa ca intermediate "$LOCAL"
leaf rsa rsa "$LOCAL"
leaf ecdsa ecdsa "$LOCAL"
leaf wrong-host ecdsa "DNS:another.test"
leaf name-only ecdsa "DNS:localhost"
leaf client ecdsa "DNS:client.test"
leaf short rsa1024 "$LOCAL"
digest=sha1
leaf sha1 ecdsa "$LOCAL"
digest=sha256
issue untrusted ecdsa other-ca leaf "$LOCAL"
issue under-old-root ecdsa old-root leaf "$LOCAL"
issue client-other ecdsa other-ca leaf "DNS:client.test"
issue no-intermediate ecdsa intermediate leaf "$LOCAL"
SAN=$LOCAL
expired
key self-signed ecdsa
openssl req -new -x509 -sha256 -days 30 -extensions leaf \
  -subj "/CN=mkrun test self-signed" -key self-signed.key \
  -out self-signed.pem
