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
# itself how to quote it, and whether it is a folder.
_mkrun_files() { # KIND PATH LEAD CUT
  local - file is_folder words=" ${COMPREPLY[*]} " count=${#COMPREPLY[@]}
  local shopts files
  shopts=$(shopt -p failglob nullglob)
  shopt -u failglob
  shopt -s nullglob
  set +f
  files=("$2"*)
  eval "$shopts"
  for file in "${files[@]}"; do
    [[ -d $file ]] && is_folder=/ || is_folder=
    # A flow wins over a folder of its name.
    [[ $words == *" $file "* ]] && continue
    [[ $is_folder || $1 == any || $1:$file == lua:*.lua ]] || continue
    [[ $3$4 ]] && printf -v file '%s%q%s' "$3" "${file#"$4"}" "$is_folder"
    [[ $file ]] && COMPREPLY+=("$file")
  done
  ((${#COMPREPLY[@]} > count)) || return 0
  if [[ ! $3$4 ]]; then
    compopt -o filenames
  elif [[ ${#COMPREPLY[@]} == 1 && $is_folder ]]; then
    compopt -o nospace
  fi
}

# Neither a pipe by name nor a temporary file: there may be no /dev/fd, and no
# place to write.
_mkrun_ask() { # COMMAND
  local - IFS=$'\n'
  set -f
  # shellcheck disable=SC2207 # a line is a word
  answer=($(command "$1" completion --complete bash "$COMP_WORDBREAKS" \
    "${COMP_LINE:0:COMP_POINT}" </dev/null 2>/dev/null))
  answer=("${answer[@]#:}")
}

_mkrun() { # COMMAND
  local command answer
  COMPREPLY=()
  command=$(type -P -- "${1/#~\//$HOME/}") || command=mkrun
  _mkrun_ask "$command"
  ((${#answer[@]} >= 4)) || return 0
  COMPREPLY=("${answer[@]:4}") # quoted by mkrun: readline would not quote all
  case ${answer[0]} in
    -) return 0 ;;
    folder) compopt -o dirnames ;; # of readline, if there is no word: ~, $HOME
    *) compopt -o default ;;
  esac
  _mkrun_files "${answer[@]:0:4}"
}

complete -F _mkrun mkrun
