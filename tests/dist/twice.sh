# twice.sh - `make dist` in two places; part of run.sh.
#
# The places differ in path, umask, user, environment, age of the files, and in
# when they build.  The second one compiles the libraries as well.  Both get the
# sources as they lie here, in a repository whose commit is always the same.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2164,SC2034 # run.sh has WORK and set -e

copy() { # FOLDER
  mkdir -p "$1"
  git ls-files --cached --others --exclude-standard |
    while IFS= read -r file; do
      [ ! -f "$file" ] || printf '%s\0' "$file"
    done |
    tar --null -T - -cf - | tar -C "$1" -xf -
}

commit() { # FOLDER
  seconds=$(git log -1 --format=%ct)
  (
    cd "$1"
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 \
      GIT_AUTHOR_DATE="$seconds +0000" GIT_COMMITTER_DATE="$seconds +0000"
    git -c init.defaultBranch=main init -q
    git add -A
    git -c user.name=test -c user.email=test@example.org commit -qm test
  )
}

# The downloads and the trees; with "libraries", what is compiled, too.
sources() { # FOLDER [libraries]
  mkdir -p "$1/build/vendor"
  set -- "$1" "${2:-}" --exclude=./debug --exclude=./download/apt \
    --exclude='*.lock'
  [ "$2" = libraries ] || set -- "$@" --exclude=./release --exclude=./host \
    --exclude=./aarch64 --exclude=./x86_64
  place=$1
  shift 2
  tar -C build/vendor "$@" -cf - . | tar -C "$place/build/vendor" -xf -
}

# As root the second place belongs to somebody else.
somebody() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
  else
    "$@"
  fi
}

# Both at once, so that both have what lies here now.
places() {
  for place in "$ONE" "$TWO"; do
    copy "$place"
    commit "$place"
  done
  sources "$ONE" libraries
  sources "$TWO"
}

first() {
  minisign -G -W -f -p "$WORK/minisign.pub" -s "$WORK/minisign.key"
  (
    cd "$ONE"
    umask 022
    "${MAKE:-make}" -j"$(nproc)" dist SIGN_KEY="$WORK/minisign.key"
  )
}

second() {
  find "$TWO" -exec touch -hd 2021-02-03 {} +
  [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$TWO"
  (
    cd "$TWO"
    umask 077
    somebody env -i PATH="$PATH" TZ=Asia/Tokyo LANG=C.UTF-8 LUA_INIT=error \
      GZIP=-1 TAR_OPTIONS=--verbose HOME=/nonexistent \
      "${MAKE:-make}" -j"$(nproc)" dist
  )
}

same() {
  test "$(stat -c %a "$TWO/build/release/mkrun")" = 755
  test "$(stat -c %a "$TWO/build/release/THIRD-PARTY.txt")" = 644
  cp "$ONE/build/dist/SHA256SUMS" "$WORK/sums.one"
  cp "$TWO/build/dist/SHA256SUMS" "$WORK/sums.two"
  diff "$WORK/sums.one" "$WORK/sums.two"
  for file in "$ONE"/build/dist/*; do
    case $file in *.minisig) continue ;; esac
    cmp "$file" "$TWO/build/dist/${file##*/}"
  done
}

# An older library is named before anything is built.
fallback() {
  cd "$ONE"
  sed -i 's/^\(VERSION\|REVISION\)_zlib := .*/\1_zlib := 1.3.1/' \
    build/vendor/got-*.mk
  refused "${MAKE:-make}" dist >"$WORK/said" 2>&1
  cat "$WORK/said"
  grep -q 'zlib 1\.3\.1 was fetched, not 1\.3\.[2-9]' "$WORK/said"
  grep -q 'ALLOW_FALLBACK=1' "$WORK/said"
}

build_twice() {
  ONE=$WORK/one.build TWO=$WORK/two/of/another/length
  check "the sources are copied" places
  [ "$status" = 0 ] || return
  check "make dist" first
  [ "$status" = 0 ] || return
  DIST=$ONE/build/dist
  check "make dist, in another folder, by another user, with umask 077" second
  if [ "$status" = 0 ]; then check "gives the same bytes" same; fi
  check "refuses a library that fell back" fallback
  rm -rf "$WORK/two"
}
