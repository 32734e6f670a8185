#!/bin/sh
# lint.sh: layout of the C files, luacheck, shellcheck, who includes whom.
#
# clang-format lays out differently from version to version, so the version is
# named here: Debian 12 and 13 both have this one.
set -eu

CLANG_FORMAT=clang-format-19

sh vendor/tools.sh git "$CLANG_FORMAT" lua5.4 luacheck shellcheck

files() {
  git ls-files --cached --others --exclude-standard -- "$@"
}

words() {
  files "$@" | while read -r file; do [ ! -f "$file" ] || echo "$file"; done
}

echo "  LINT  C"
words '*.c' '*.h' | xargs -r "$CLANG_FORMAT" --dry-run -Werror
echo "  LINT  Lua"
words '*.lua' | xargs -r luacheck --quiet --no-color
echo "  LINT  sh"
words '*.sh' '*.bash' .ci/run | xargs -r shellcheck
echo "  LINT  floors"
lua5.4 tests/graph.lua
