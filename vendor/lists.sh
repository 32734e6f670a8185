# lists.sh - the machine's Debian mirror and its signed lists; part of fetch.sh.
#
# apt works on lists and caches below $folder, so that its own configuration is
# only read.  It verifies Debian's signature, and so each hash that is listed.
# KEYRING=FILE has the keys of a mirror that signs its lists itself.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # fetch.sh says folder

# The repository of the machine's own sources with the given label.  The list
# of index targets is empty where apt never updated: then what apt would get.
repository() { # LABEL
  # shellcheck disable=SC2016 # apt's own notation
  uri=$(apt-get indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' "Label: $1" 2>/dev/null | sort -u | head -n 1)
  if [ -z "$uri" ]; then
    uri=$(apt-get --print-uris update 2>/dev/null |
      sed -n "s#^'\(.*/\)dists/[^']*/InRelease'.*#\1#p" | sort -u |
      if [ "$1" = Debian ]; then grep '/debian/$'; else grep security; fi |
      head -n 1)
  fi
  printf '%s' "$uri"
}

find_mirror() {
  found=${MIRROR:-$(repository Debian)}
  [ -z "$found" ] || printf '%s/' "${found%/}"
}

keyring() {
  for key in "${KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}" \
    /usr/share/keyrings/debian-archive-keyring.pgp; do
    [ -f "$key" ] && { printf '%s' "$key"; return; }
  done
  return 1
}

private_apt() {
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
  cat >"$folder/apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$folder/apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$folder/apt/lists";
Dir::State::status "/dev/null";
Dir::Cache "$folder/apt/cache";
APT::Sandbox::User "root";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::Languages "none";
Acquire::Retries "1";
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

# The stable release, and where new versions arrive.  The binary package
# of the roots is the same for all machines.
main_lists() { # KEY
  for suite in trixie testing sid; do
    echo "deb-src [signed-by=$1] $mirror $suite main"
    echo "deb [arch=amd64 signed-by=$1] $mirror $suite main"
  done
}

more_lists() { # KEY
  echo "deb-src [signed-by=$1] $mirror trixie-updates main"
  echo "deb-src [signed-by=$1] $security trixie-security main"
}

# read_lists: once; false when there are none.
lists=
read_lists() {
  [ -z "$lists" ] || { [ "$lists" = there ]; return; }
  lists=none
  [ -n "$mirror" ] && key=$(keyring) || return 1
  security=${MIRROR_SECURITY:-$(repository Debian-Security)}
  [ -n "$security" ] || security=${mirror%/debian/}/debian-security/
  private_apt
  say "  LISTS of Debian"
  { main_lists "$key"; more_lists "$key"; } >"$folder/apt/sources.list"
  # Not every mirror has all of them, or all of them fresh: what apt could read
  # and verify is there then, and nothing else.
  apt apt-get -q update >"$folder/apt/log" 2>&1 || true
  set -- "$folder"/apt/lists/*Sources*
  if [ ! -f "$1" ]; then
    tried "the lists of Debian: $(sed -n 's/^[EW]: //p' "$folder/apt/log" |
      head -n 1)"
    return 1
  fi
  lists=there
}

# offers PACKAGE BINARY: lines "VERSION SHA256 ADDRESS" of the files of each
# source package of that name, newest first; those of the binary packages, too,
# if BINARY is "yes".
offers() {
  {
    apt apt-cache showsrc --only-source "$1"
    [ "$2" != yes ] || apt apt-cache show "$1"
  } 2>/dev/null | awk '
    /^[^ ]/ { listing = $1 == "Checksums-Sha256:" }
    /^Version:/ { version = $2 }
    /^Directory:/ { folder = $2 "/" }
    /^Filename:/ { file[$2] = "" }
    /^SHA256:/ { binary = $2 }
    listing && NF == 3 { file[$3] = $1 }
    /^$/ {
      for (name in file)
        print version, file[name] ? file[name] : binary, folder name
      split("", file)
      folder = ""
    }' | sed "s#\(pool/updates/[^ ]*\)\$#$security\1#; t
      s#[^ ]*\$#$mirror&#" | sort -rVu
}
