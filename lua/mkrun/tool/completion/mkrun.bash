# Completes the command lines of mkrun in bash.
#
# With the package bash-completion:
#   mkdir -p ~/.local/share/bash-completion/completions
#   mkrun completion bash >~/.local/share/bash-completion/completions/mkrun
# Without it, in ~/.bashrc:
#   source <(mkrun completion bash)
#
# mkrun itself answers what a word may become.  Nothing that stands on the
# command line or in a file is evaluated here.
# SPDX-License-Identifier: MIT

# Adds the files whose path begins with PATH.  LEAD goes before each path, and
# CUT is the part of it that readline keeps.  Of a path as it is, readline knows
# itself whether it is a folder.
_mkrun_files() { # KIND PATH LEAD CUT
  local file slash='' words=" ${COMPREPLY[*]} " count=${#COMPREPLY[@]}
  [[ $3$4 ]] && slash=/
  while IFS= read -r -d '' file; do
    if [[ -d $file ]]; then
      # A flow wins over a folder of its name.
      [[ $words == *" $file "* ]] || COMPREPLY+=("$3${file#"$4"}$slash")
    elif [[ $file && ($1 == any || $1:$file == lua:*.lua) ]]; then
      COMPREPLY+=("$3${file#"$4"}")
    fi
  done < <(
    shopt -u failglob
    shopt -s nullglob
    set +f
    printf '%s\0' "$2"*
  )
  ((${#COMPREPLY[@]} == count)) || compopt -o filenames
}

_mkrun() { # COMMAND
  local command item answer=()
  COMPREPLY=()
  command=$(type -P -- "${1/#~\//$HOME/}") || command=mkrun
  while IFS= read -r -d '' item; do
    answer+=("$item")
  done < <(command "$command" completion --complete bash "$COMP_WORDBREAKS" \
    "${COMP_LINE:0:COMP_POINT}" </dev/null 2>/dev/null)
  ((${#answer[@]} >= 4)) || return 0
  COMPREPLY=("${answer[@]:4}")
  for item in "${COMPREPLY[@]}"; do
    # Makes readline quote what means something to a shell.
    [[ $item == *[!a-zA-Z0-9_./,=+@%:-]* ]] && compopt -o filenames
  done
  case ${answer[0]} in
    -) return 0 ;;
    folder) compopt -o dirnames ;; # of readline, if there is no word: ~, $HOME
    *) compopt -o default ;;
  esac
  _mkrun_files "${answer[@]:0:4}"
}

complete -F _mkrun mkrun
