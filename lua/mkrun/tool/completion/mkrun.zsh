#compdef mkrun
# Completes the command lines of mkrun in zsh.
#
#   mkdir -p ~/.zsh/completions
#   mkrun completion zsh >~/.zsh/completions/_mkrun
# And in ~/.zshrc, before compinit:
#   fpath=(~/.zsh/completions $fpath)
#
# mkrun itself answers what a word may become.  Nothing that stands on the
# command line or in a file is evaluated here.
# SPDX-License-Identifier: MIT

_mkrun() {
  local program=${(Q)words[1]} files prefix ret=1
  local -a answer plain equals
  [[ $program == \~/* ]] && program=$HOME/${program#\~/}
  whence -p -- "$program" >/dev/null || program=mkrun
  answer=("${(@f)$(command "$program" completion --complete zsh \
    "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" </dev/null 2>/dev/null)}")
  files=$answer[1] prefix=$answer[2]
  answer=("${(@)answer[3,-1]}")
  [[ -n $prefix ]] && compset -P 1 '*='
  plain=("${(@)answer:#--[^:]##=:*}")
  equals=("${(@M)answer:#--[^:]##=:*}")
  (($#answer)) && _describe -t words word plain -- equals -qS '' && ret=0
  case $files in
    any) _files && ret=0 ;;
    folder) _files -/ && ret=0 ;;
    lua) { _files -g '*.lua(-.)' || _files } && ret=0 ;;
  esac
  return ret
}

if [[ $funcstack[1] == _mkrun ]]; then
  _mkrun "$@"
else
  compdef _mkrun mkrun
fi
