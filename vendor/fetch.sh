#!/bin/sh
# fetch.sh - downloads the source packages that vendor/lock names.
#
#   vendor/fetch.sh FOLDER RESULT.mk     what FOLDER does not have yet
#   vendor/fetch.sh --update FOLDER RESULT.mk    newer Debian revisions too
#
# apt verifies Debian's signatures; it works on lists and caches below FOLDER,
# so that the machine's own apt configuration is only read.  The mirror is the
# one that the machine uses; MIRROR=URL (ending in /debian/) overrides it.
# RESULT.mk says, for make, which revision of each library is in FOLDER.
# SPDX-License-Identifier: MIT
set -eu

lock=${0%/*}/lock
update=
[ "$1" = --update ] && { update=yes; shift; }
mkdir -p "$1"
folder=$(cd "$1" && pwd -P)
result=$2
suites=$(sed -n 's/^Suite: //p' "$lock" | sort -u | tr '\n' ' ')
suites=${suites% }

say() { printf '%s\n' "$*" >&2; }
die() { say "vendor/fetch.sh: $*"; exit 1; }

libraries() { sed -n 's/^Library: //p' "$lock"; }

# field LIBRARY NAME: the values of a field, one per line.
field() {
  awk -v lib="$1" -v name="$2:" '
    $1 == "Library:" { here = $2 == lib }
    here && $1 == name { sub(/^[^:]*: */, ""); print }' "$lock"
}

matches() { # TEXT PATTERN
  # shellcheck disable=SC2254 # the pattern of the lock is meant as one
  case $1 in $2) return 0 ;; esac
  return 1
}

# known LIBRARY FILE: is the file one of those that the lock lists?
known() {
  sum=$(sha256sum <"$2")
  field "$1" SHA256 | grep -q " ${sum%% *}\$"
}

# have LIBRARY: is what is needed of it in the folder already?
have() {
  [ -f "$folder/$1.got" ] || return 1
  read -r version tarball diff <"$folder/$1.got"
  matches "$version" "$(field "$1" Debian)" &&
    [ -f "$folder/$tarball" ] && known "$1" "$folder/$tarball" &&
    { [ "$(field "$1" Patches)" = none ] || [ -f "$folder/$diff" ]; }
}

# The repository of the machine's own sources with the given label.  The list
# of index targets is empty where apt never updated: then what apt would get.
mirror() { # LABEL
  # shellcheck disable=SC2016 # apt's own notation
  uri=$(apt-get indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' "Label: $1" 2>/dev/null | sort -u | head -n 1)
  if [ -z "$uri" ]; then
    uri=$(apt-get --print-uris update 2>/dev/null |
      sed -n "s#^'\(.*/\)dists/[^']*/InRelease'.*#\1#p" | sort -u |
      if [ "$1" = Debian ]; then grep -v security; else grep security; fi |
      head -n 1)
  fi
  printf '%s' "$uri"
}

keyring() {
  for key in /usr/share/keyrings/debian-archive-keyring.gpg \
    /usr/share/keyrings/debian-archive-keyring.pgp; do
    [ -f "$key" ] && { printf '%s' "$key"; return; }
  done
  die "no keyring of the Debian archive here: install debian-archive-keyring"
}

private_apt() {
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
  cat >"$folder/apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$folder/apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$folder/apt/lists";
Dir::Cache "$folder/apt/cache";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
}

apt() { # COMMAND ARGUMENT...
  command=$1
  shift
  "$command" -c "$folder/apt/apt.conf" "$@"
}

read_lists() {
  key=$(keyring)
  base=${MIRROR:-$(mirror Debian)}
  [ -n "$base" ] || die "apt has no Debian mirror configured here: set MIRROR="
  security=${MIRROR_SECURITY:-$(mirror Debian-Security)}
  [ -n "$security" ] || security=${base%/debian/}/debian-security/
  list=$folder/apt/sources.list
  for suite in $suites; do
    echo "deb-src [signed-by=$key] $base $suite main"
  done >"$list.main"
  for suite in $suites; do
    echo "deb-src [signed-by=$key] $base $suite-updates main"
    echo "deb-src [signed-by=$key] $security $suite-security main"
  done | cat "$list.main" - >"$list"
  apt apt-get -qq update >"$folder/apt/log" 2>&1 && return
  mv "$list.main" "$list" # not every mirror has updates and security
  apt apt-get -qq update >>"$folder/apt/log" 2>&1 && return
  cat "$folder/apt/log" >&2
  die "the lists of Debian $suites could not be read"
}

# offers PACKAGE: Debian's versions of it, newest first.
offers() {
  apt apt-cache showsrc --only-source "$1" 2>/dev/null |
    sed -n 's/^Version: //p' | sort -rVu
}

# download PACKAGE VERSION PART: --tar-only or --diff-only
download() {
  apt apt-get -qq source --download-only "$3" "$1=$2" \
    >>"$folder/apt/log" 2>&1
}

not_served() { say "  $1 $2: listed by the mirror, but not served by it"; }

# take LIBRARY VERSION: downloads and checks one revision; false: try another.
take() {
  package=$(field "$1" Source)
  version=${2#*:} # file names have no epoch
  download "$package" "$2" --tar-only || { not_served "$@"; return 1; }
  set -- "$1" "$2" "$package"_"${version%-*}".orig.tar.*
  [ -f "$3" ] || set -- "$1" "$2" "$package"_"$version".tar.*
  [ -f "$3" ] || return 1
  if ! known "$1" "$3"; then
    say "  $1 $version: vendor/lock does not know this tarball:" \
      "$(sha256sum "$3")"
    return 1
  fi
  diff=-
  if [ "$(field "$1" Patches)" = debian ]; then
    download "$package" "$2" --diff-only || { not_served "$@"; return 1; }
    diff=$(echo "$package"_"$version".debian.tar.*)
  fi
  printf '%s %s %s\n' "$version" "$3" "$diff" >"$1.got"
}

get() { # LIBRARY
  package=$(field "$1" Source)
  pattern=$(field "$1" Debian)
  seen=
  for offer in $(offers "$package"); do
    seen="$seen $offer"
    matches "${offer#*:}" "$pattern" || continue
    if [ -f "$1.got" ] && read -r version _ <"$1.got" &&
      [ "$version" = "${offer#*:}" ] && have "$1"; then
      return
    fi
    if take "$1" "$offer"; then
      say "  GET $1 ${offer#*:}"
      return
    fi
    say "  $1: trying the revision before it (make update asks again)"
  done
  have "$1" && return
  tail -n 5 "$folder/apt/log" >&2
  die "no usable revision of '$package' in Debian $suites: $pattern wanted," \
    "offered:${seen:- nothing}. Set Upstream, Debian and SHA256 of" \
    "'$1' in vendor/lock to a version that is offered."
}

# The version as its authors call it: without Debian's revision and repacking.
upstream() { # LIBRARY VERSION
  u=$(field "$1" Upstream)
  case $u in *\**) u=${2%-*} ;; esac
  printf '%s' "$u"
}

write_result() {
  for lib in $(libraries); do
    read -r version tarball diff <"$folder/$lib.got"
    printf 'VERSION_%s := %s\nDEBIAN_%s := %s\nTARBALL_%s := %s\n' \
      "$lib" "$(upstream "$lib" "$version")" "$lib" "$version" \
      "$lib" "$tarball"
    printf 'DEBTAR_%s := %s\n' "$lib" "$diff"
  done >"$result.new"
  mv "$result.new" "$result"
}

wanted=
for lib in $(libraries); do
  if [ -n "$update" ] || ! have "$lib"; then wanted="$wanted $lib"; fi
done
if [ -n "$wanted" ]; then
  private_apt
  read_lists
  cd "$folder"
  case $lock in /*) ;; *) lock=$OLDPWD/$lock ;; esac
  for lib in $wanted; do get "$lib"; done
  cd "$OLDPWD"
fi
write_result
