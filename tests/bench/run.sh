#!/bin/sh
# run.sh MKRUN FOLDER: installs the peers, starts the servers, and prints how
# mkrun compares.  FOLDER has spawn, floor and cjson, and keeps the npm
# packages.  BENCH=quick takes three minutes instead of fifteen, BENCH=far only
# measures what is under way for long.
set -eu

mkrun=$(realpath "$1")
bench=$(realpath "$2")
python=/usr/bin/python3
work=$(mktemp -d)
chmod 755 "$work" # nginx leaves root behind
pids=

finish() {
  # shellcheck disable=SC2086 # one word for each process
  [ -z "$pids" ] || kill $pids 2>/dev/null || :
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# --- Peers ----------------------------------------------------------------

sh vendor/tools.sh lua5.4 curl jq python3 python3-requests python3-httpx \
  python3-h2 python3-jsonpatch nghttp2-client nginx openssl valgrind timeout \
  lua-socket

skip() { # PEER WHY
  echo "  SKIP  $1: $2"
}

[ "${BENCH-}" = far ] || command -v ansible-playbook >/dev/null ||
  timeout 120 sh vendor/tools.sh ansible-core ||
  skip ansible "not installed within two minutes"

package() { # NAME VERSION INTEGRITY
  if ! command -v node >/dev/null; then
    skip "$1" "there is no node"
  elif [ ! -d "$bench/$1" ] && ! command -v npm >/dev/null; then
    skip "$1" "there is no npm"
  else
    sh tests/support/npm-pack.sh "$1" "$2" "$3" "$bench/$1" >"$work/npm" 2>&1 ||
      skip "$1" "$(head -n 1 "$work/npm")"
  fi
}

undici="sha512-mLyPQnHwUxaM/rideoK/+KL8DaAJLRl4aBCfmX444aCSLnIaomqPLtNRe2jd\
CYcsk5wZzXrDIQC8ZeYNRAYyIA=="
patch="sha512-vf6IHUX2SBcA+5/+4883dsIjpBTqmfBjmYiWK1savxQmFk4JfBMLa7ynTYOs1\
Rolp/T1betJxHiGD3g1Mn8lUQ=="
package undici 7.30.2 "$undici"
package fast-json-patch 3.1.1 "$patch"

# --- Certificates, documents, servers -------------------------------------

sh tests/support/ca.sh "$work/ca" >"$work/log" 2>&1 || {
  cat "$work/log" >&2
  exit 1
}
# What everybody trusts: the roots of the system, and the one of this run.
cat /etc/ssl/certs/ca-certificates.crt "$work/ca/ca.pem" >"$work/bundle.pem"

# shellcheck disable=SC2046 # five ports, five words
set -- $($python -c '
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(5)]
print(*[s.getsockname()[1] for s in held])')
h1=$1 h2=$2 canned=$3 far=$4 sandbox=$5

mkdir "$work/www"
cp -r tests/bench/far "$work/peers" # Python writes beside what it imports
"$mkrun" tests/bench/documents.lua "$work"
jq -c '[range(13) | {id: ., name: "project-\(.)", location: "westeurope",
  state: "active", weight: 12.5}]' -n >"$work/www/answer.json"
jq 'del(.tokens)' scripts/examples/onboard.json >"$work/onboard.json"
MKIO_TOKEN=bench "$mkrun" --sandbox --base-url "https://localhost:$h1" \
  tests/bench/record.lua "$work/onboard.json" "$work" >"$work/log"

sed -e "s|@WORK@|$work|g" -e "s|@H1@|$h1|" -e "s|@H2@|$h2|" \
  -e "s|@CANNED@|$canned|" -e "s|@FAR@|$far|" -e "s|@SANDBOX@|$sandbox|" \
  tests/bench/nginx.conf >"$work/nginx.conf"
/usr/sbin/nginx -e "$work/error.log" -p "$work/" -c nginx.conf &
pids=$!
$python tests/bench/canned.py "$canned" "$work/answers.json" &
pids="$pids $!"
# A server needs luasocket, which only the debug variant can load.
"$(dirname "$bench")/debug/mkrun" tests/support/serve.lua \
  --port "$sandbox" --seconds 7200 >"$work/log" 2>&1 &
pids="$pids $!"

curl -s -o /dev/null --retry 20 --retry-delay 1 --retry-connrefused \
  --cacert "$work/bundle.pem" "https://localhost:$h2/answer.json" || {
  cat "$work/error.log" >&2
  exit 1
}

# --- The table ------------------------------------------------------------

MKRUN=$mkrun FOLDER=$bench WORK=$work PYTHON=$python \
  H1=https://localhost:$h1 H2=https://localhost:$h2 \
  FAR=https://localhost:$far SANDBOX=http://localhost:$sandbox \
  timeout 3600 "$mkrun" tests/bench/main.lua "${BENCH-full}"
