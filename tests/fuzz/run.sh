#!/bin/sh
# run.sh - runs each fuzz target for a while: run.sh FOLDER SECONDS LUA CJSON
#
# LUA and CJSON are the source trees of these two.
# FOLDER keeps the programs, and in corpus/ the inputs that reach new code, for
# the next run.  What a target fails on is in FOLDER, too, and its log is shown.
# SPDX-License-Identifier: MIT
set -eu

folder=$1 seconds=$2 lua=${3-} cjson=${4-}
clang=${CLANG:-clang}
mkdir -p "$folder/corpus"

build() { # PROGRAM SOURCE...
  program=$1
  shift
  "$clang" -std=c11 -D_GNU_SOURCE -g -O1 \
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
    -Isrc -o "$program" "$@"
}

empty='int LLVMFuzzerTestOneInput(const char *data, unsigned long size) {
  return !data && size;
}'
echo "$empty" >"$folder/empty.c"
if ! build "$folder/empty" "$folder/empty.c" 2>/dev/null; then
  echo "  SKIP  fuzz: '$clang' is not here, or without libFuzzer"
  exit 0
fi

fuzz() { # NAME SEEDS SOURCE...
  name=$1 seeds=$2 log=$folder/$1.log
  shift 2
  build "$folder/$name" "tests/fuzz/fuzz_$name.c" "$@"
  mkdir -p "$folder/corpus/$name"
  if ! "$folder/$name" -max_total_time="$seconds" \
    -artifact_prefix="$folder/$name-" "$folder/corpus/$name" \
    "tests/fuzz/$seeds" >"$log" 2>&1; then
    tail -n 40 "$log"
    echo "  FUZZ  $name: failed, see $log"
    exit 1
  fi
  echo "  FUZZ  $name: $(sed -n 's/^Done //p' "$log")"
}

fuzz json_scan json src/json/scan.c src/json/format.c src/base/utf8.c src/base/buf.c

# As vendor/recipes/lua-cjson.mk has it.
"$clang" -g -O1 -w -fwrapv -fno-strict-aliasing -DPRIVATE_MEM=16384 \
  -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined \
  -c -o "$folder/dtoa.o" "$cjson/dtoa.c"
fuzz number number src/json/number.c src/json/scan.c src/base/utf8.c \
  "$folder/dtoa.o" -lm

# The core of Lua, without the libraries for scripts.
core="api code ctype debug do dump func gc lex mem object opcodes parser state
  string table tm undump vm zio auxlib"
lua_core() {
  for name in $core; do echo "$lua/src/l$name.c"; done
}
# shellcheck disable=SC2046 # a word for each file
fuzz cjson json src/lua/strbuf.c src/json/number.c src/json/scan.c \
  src/base/utf8.c "$cjson/lua_cjson.c" "$cjson/g_fmt.c" "$folder/dtoa.o" \
  $(lua_core) -DUSE_INTERNAL_FPCONV -I"$lua/src" -w -lm

fuzz pointer pointer src/json/pointer.c
fuzz pem pem src/http/pem.c src/http/der.c src/base/buf.c
fuzz name_constraints name_constraints src/http/name_constraints.c \
  src/http/general_name.c src/http/der.c
