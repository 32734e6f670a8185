# image.sh - the container image; part of run.sh.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # run.sh says DIST, WORK

inspected() {
  for arch in amd64 arm64; do
    skopeo --override-arch "$arch" inspect "oci-archive:$IMAGE" >"$WORK/about"
    cat "$WORK/about"
    grep -q "\"Architecture\": \"$arch\"" "$WORK/about"
    grep -q '"org.opencontainers.image.revision": "[0-9a-f]\{7,\}"' \
      "$WORK/about"
  done
}

unpacked() { # ARCH
  rm -rf "$WORK/oci" "$WORK/${1:?}"
  skopeo --insecure-policy --override-arch "$1" copy "oci-archive:$IMAGE" \
    "oci:$WORK/oci:$1"
  umoci unpack --rootless --image "$WORK/oci:$1" "$WORK/$1"
  find "$WORK/$1/rootfs" -mindepth 1 -printf '%P %m\n' | sort >"$WORK/list"
  printf '%s\n' 'LICENSE 644' 'THIRD-PARTY.txt 644' 'mkrun 755' |
    diff - "$WORK/list"
}

# No layer is larger than 1.2 MB.
small() {
  mkdir "$WORK/blobs"
  tar -C "$WORK/blobs" -xf "$IMAGE"
  find "$WORK/blobs" -type f -printf '%s %P\n' | sort -rn | head -n 2
  test -z "$(find "$WORK/blobs" -type f -size +1200000c)"
}

# The root has nothing but these files, and one folder to write to.
runs() { # ARCH RUNNER
  root=$WORK/$1/rootfs
  [ -z "${2:-}" ] || cp "$(command -v "$2")" "$root/$2"
  chmod 755 "$WORK/$1" "$root"
  mkdir -m 777 "$root/data"
  sed 's#"evening-news.token"#"/data/&#; s#/"evening#/evening#' \
    scripts/examples/onboard.json >"$root/data/spec.json"
  chmod 644 "$root/data/spec.json"
  for words in "--version" "--sandbox=/data/state onboard /data/spec.json"; do
    # shellcheck disable=SC2086 # some words each
    env -i PATH=/usr/sbin:/usr/bin chroot --userspec=65534:65534 "$root" \
      ${2:+/$2} /mkrun $words >"$WORK/out"
    cat "$WORK/out"
  done
  grep -q '^Summary: [1-9][0-9]* created' "$WORK/out"
  test "$(stat -c %u "$root/data/state")" = 65534
}

foreign() { # ARCH: of the image, in Debian's words
  [ "$(dpkg --print-architecture)" = "$1" ] && return
  case $1 in
    amd64) echo qemu-x86_64-static ;;
    *) echo qemu-aarch64-static ;;
  esac
}

try_image() {
  IMAGE=$(echo "$DIST"/mkrun-*-image.tar)
  check "skopeo inspects the image" inspected
  check "no layer of the image is larger than 1.2 MB" small
  for arch in amd64 arm64; do
    check "umoci unpacks the image for $arch" unpacked "$arch"
    [ "$status" = 0 ] || continue
    if [ "$(id -u)" = 0 ]; then
      check "the image for $arch onboards as 65534" runs "$arch" \
        "$(foreign "$arch")"
    else
      skip "the image for $arch onboards" "only root may chroot"
    fi
  done
}
