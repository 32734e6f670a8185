# tree.sh - the installed files below a prefix; part of dist.sh.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # dist.sh says mkrun

# What the program writes itself.  A file that is empty would be missed late.
written() { # FILE ARGUMENT...
  file=$1
  shift
  "$mkrun" "$@" >"$file" || die "'mkrun $*' fails"
  [ -s "$file" ] || die "'mkrun $*' prints nothing"
}

completions() { # SHARE ZSH-FOLDER
  mkdir -p "$1/bash-completion/completions" "$1/$2" \
    "$1/fish/vendor_completions.d"
  written "$1/bash-completion/completions/mkrun" completion bash
  written "$1/$2/_mkrun" completion zsh
  written "$1/fish/vendor_completions.d/mkrun.fish" completion fish
}

types() { # SHARE
  mkdir -p "$1/mkrun"
  "$mkrun" --types "$1/mkrun/types" >/dev/null ||
    die "'mkrun --types DIR' fails"
}

# The page says which version it belongs to, and of which day that is.
man_page() {
  day=$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)
  sed "s/^\.TH .*/.TH MKRUN 1 $day \"mkrun $VERSION\" \"User Commands\"/" \
    src/manual/mkrun.1
}

# tree BUILD PREFIX: all but the documents.
tree_part() { # BUILD PREFIX ZSH-FOLDER
  mkdir -p "$2/bin" "$2/share/man/man1" "$2/share/doc/mkrun"
  cp "$1/release/mkrun" "$2/bin/mkrun"
  man_page >"$2/share/man/man1/mkrun.1"
  completions "$2/share" "$3"
  types "$2/share"
}

tree() { # BUILD PREFIX
  tree_part "$1" "$2" zsh/site-functions
  cp LICENSE "$1/release/THIRD-PARTY.txt" "$2/share/doc/mkrun"
}

# Modes and times that depend on nobody's umask and clock.
normal() { # FOLDER
  find "$1" -type d -exec chmod 755 {} +
  find "$1" -type f -exec chmod 644 {} +
  find "$1" -path '*/bin/*' -exec chmod 755 {} +
  find "$1" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
}
