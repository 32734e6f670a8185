# rc.bash: a bash of the tests: the completions of the package, and a mkrun that
# says what it gets.
# shellcheck disable=SC1091 # a file of the package
. /usr/share/bash-completion/bash_completion
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
mkrun() {
  printf '%s\0' "$@" >"$WORK/arguments"
  printf 'E%s' ND
}
