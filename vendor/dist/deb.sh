# deb.sh - the Debian package; part of dist.sh.
#
# It has no dependencies and no scripts: all that it does is to unpack.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # dist.sh says here, folder, work, mkrun

debian_name() { # ARCH
  case $1 in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) die "Debian's name of the architecture $1 is not known here" ;;
  esac
}

# A version that Debian sorts: 0.3.0-rc1 comes before 0.3.0.
debian_version() { echo "$VERSION" | tr - '~'; }

changelog() {
  cat <<CHANGES
mkrun ($(debian_version)) unstable; urgency=medium

  * Release $VERSION${COMMIT:+, commit $COMMIT}.

 -- $MAINTAINER  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
CHANGES
}

# As policy counts: each file and folder in whole kilobytes.
installed_size() { # TREE
  find "$1/usr" -printf '%y %s\n' |
    awk '{ sum += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print sum }'
}

# The name of the API that mkrun is for.
api() { "$mkrun" -E -e 'print(require "mkrun.config".provider().api)'; }

control() { # ARCH TREE
  cat <<CONTROL
Package: mkrun
Version: $(debian_version)
Architecture: $(debian_name "$1")
Maintainer: $MAINTAINER
Installed-Size: $(installed_size "$2")
Section: admin
Priority: optional
Multi-Arch: foreign
Description: run Lua scripts against the $(api)
 mkrun is one static file with HTTP, JSON and JSON Patch for Lua, the
 $(api) on top, and flows that onboard, compare and clean up an
 organization, invite people, and rotate tokens.
 .
 It needs nothing else: no libraries, no certificates, no interpreter.
CONTROL
}

# Why lintian may be overridden: mkrun runs in empty containers, so it contains
# its libraries, each at a version of its own with patches of its own.
overrides() {
  cat <<OVERRIDES
# One static file is what mkrun is for: it runs in an empty container.  It is a
# static PIE, which lintian takes for either of these.
mkrun: statically-linked-binary [usr/bin/mkrun]
mkrun: shared-library-lacks-prerequisites [usr/bin/mkrun]
# Linked statically for that reason; mkrun --sbom lists versions and patches.
mkrun: embedded-library *
OVERRIDES
}

deb_documents() { # BUILD DOC
  tool copyright LICENSE "$1/release/THIRD-PARTY.txt" >"$2/copyright"
  gzip -9nc <"$1/release/THIRD-PARTY.txt" >"$2/THIRD-PARTY.txt.gz"
  changelog | gzip -9n >"$2/changelog.gz"
}

md5sums() { # TREE
  (cd "$1" && find usr -type f | sort | xargs md5sum)
}

deb() { # ARCH BUILD
  root=$work/deb-$1
  tree_part "$2" "$root/usr" zsh/vendor-completions
  gzip -9n "$root/usr/share/man/man1/mkrun.1"
  mkdir -p "$root/usr/share/lintian/overrides" "$root/DEBIAN"
  overrides >"$root/usr/share/lintian/overrides/mkrun"
  deb_documents "$2" "$root/usr/share/doc/mkrun"
  control "$1" "$root" >"$root/DEBIAN/control"
  md5sums "$root" >"$root/DEBIAN/md5sums"
  normal "$root"
  dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$root" \
    "$folder/mkrun_${VERSION}_$(debian_name "$1").deb" >/dev/null
}
