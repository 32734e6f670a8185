# package.sh - the Debian package; part of run.sh.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # run.sh says CACHE, DIST, WORK

passes_lintian() { # FILE
  lintian --allow-root --tag-display-limit 0 --fail-on error,warning "$1"
}

# The same package under a lower version.
older() { # FILE RESULT
  rm -rf "$WORK/older"
  dpkg-deb -R "$1" "$WORK/older"
  sed -i 's/^Version: .*/Version: 0.0.1/' "$WORK/older/DEBIAN/control"
  echo gone >"$WORK/older/usr/share/mkrun/types/gone.lua"
  dpkg-deb --root-owner-group -b "$WORK/older" "$2"
}

# All that is there, but for what dpkg notes.
listing() { # ROOT
  find "$1" -xdev -path "$1/var/lib/dpkg" -prune -o -path "$1/var/log" -prune \
    -o -path "$1/tmp" -prune -o -printf '%P %y %m %l\n' | sort
}

inside() { # ROOT COMMAND...
  root=$1
  shift
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
    chroot "$root" "$@"
}

# What TAB does: it loads the installed completion and asks it.
completes() { # ROOT
  # shellcheck disable=SC2016 # the shell inside expands it
  inside "$1" bash -c '
    . /usr/share/bash-completion/bash_completion
    if declare -F _comp_load >/dev/null; then
      _comp_load mkrun
    else
      _completion_loader mkrun
    fi
    words=($(complete -p mkrun)) at=0
    while [ "${words[at++]}" != -F ]; do :; done
    COMP_WORDS=(mkrun onb) COMP_CWORD=1 COMP_LINE="mkrun onb" COMP_POINT=9
    "${words[at]}" mkrun onb mkrun
    printf "<%s>\n" "${COMPREPLY[@]}"' | tee "$WORK/tab"
  grep -q '^<onboard *>$' "$WORK/tab"
}

lives_in_root() { # ROOT FILE
  cp "$2" "$1/tmp/new.deb"
  cp "$WORK/older.deb" "$1/tmp/old.deb"
  listing "$1" >"$WORK/before"
  inside "$1" dpkg -i /tmp/old.deb
  test -f "$1/usr/share/mkrun/types/gone.lua"
  inside "$1" dpkg -i /tmp/new.deb
  test ! -e "$1/usr/share/mkrun/types/gone.lua"
  inside "$1" mkrun --version
  completes "$1"
  test -z "$(inside "$1" dpkg -V mkrun)"
  test -z "$(inside "$1" dpkg --audit)"
  inside "$1" dpkg -P mkrun
  listing "$1" >"$WORK/after"
  diff "$WORK/before" "$WORK/after"
}

unpack_root() { # RELEASE
  rm -rf "$WORK/root"
  mkdir "$WORK/root"
  tar -C "$WORK/root" -xf "$CACHE/$1-bash.tar"
}

# Without a system to install in: dpkg on an empty folder.
lives_in_folder() { # FILE
  rm -rf "$WORK/root"
  mkdir -p "$WORK/root/var/lib/dpkg/info" "$WORK/root/var/lib/dpkg/updates"
  : >"$WORK/root/var/lib/dpkg/status"
  listing "$WORK/root" >"$WORK/before"
  for step in "-i $WORK/older.deb" "-i $1" "-P mkrun"; do
    # shellcheck disable=SC2086 # two words
    dpkg --root="$WORK/root" --force-not-root,bad-path --no-triggers \
      --log=/dev/null $step
    [ "$step" != "-i $1" ] || "$WORK/root/usr/bin/mkrun" --version
  done
  listing "$WORK/root" >"$WORK/after"
  diff "$WORK/before" "$WORK/after"
}

try_packages() {
  for file in "$DIST"/mkrun_*.deb; do
    check "lintian has no word against ${file##*/}" passes_lintian "$file"
  done
  file=$(echo "$DIST"/mkrun_*_"$(dpkg --print-architecture)".deb)
  check "an older package can be made" older "$file" "$WORK/older.deb"
  [ "$status" = 0 ] || return
  tried=
  for release in $RELEASES; do
    if [ "$(id -u)" = 0 ] && [ -f "$CACHE/$release-bash.tar" ]; then
      unpack_root "$release"
      check "installs, upgrades and removes in $release" \
        lives_in_root "$WORK/root" "$file"
      tried=yes
    else
      skip "installs in $release" "debootstrap made none, or this is not root"
    fi
  done
  [ -n "$tried" ] ||
    check "installs, upgrades and removes in a folder" lives_in_folder "$file"
}
