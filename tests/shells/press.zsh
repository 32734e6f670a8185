# press.zsh: types command lines in a shell on a terminal, presses TAB and Enter,
# and compares the arguments that the command gets.
#
# In the shell, mkrun is a function that writes its arguments into a file and
# prints END.
zmodload zsh/zpty
cd $WORK/folder

passed=0 failed=0 skipped=0

typeset -A START
START=(
  bash 'env XDG_DATA_DIRS=$WORK/root/usr/share bash --noprofile --rcfile $WORK/rc.bash -i'
  zsh 'env ZDOTDIR=$WORK/home zsh -i'
  fish 'env XDG_DATA_DIRS=$WORK/root/usr/share:/usr/share fish -i -C "source $WORK/rc.fish"'
)
cp $WORK/rc.zsh $WORK/home/.zshrc

pass() { ((passed++)) }
fail() { # SHELL TYPED WHY
  ((failed++))
  print -r -- "failed: $1: ${(q)2}: $3"
}

# Types a text and waits until the terminal shows what matches the pattern.
type_and_wait() { # TEXT PATTERN
  local shown
  zpty -w -n shell "$1"
  zpty -r shell shown "$2"
}

# TYPED, then TAB and Enter, must give these arguments.
press() { # SHELL TYPED ARGUMENT...
  local shell=$1 typed=$2 got
  shift 2
  rm -f $WORK/arguments
  type_and_wait "mkrun $typed"$'\t\n' '*END*'
  got=$(<$WORK/arguments)
  if [[ -e ran ]]; then
    rm ran
    fail $shell $typed "it was evaluated"
  elif [[ $got == "$(printf '%s\0' "$@")" ]]; then
    pass
  else
    fail $shell $typed "${(qqqq)got}"
  fi
}

try() { # SHELL
  local shell=$1 long='new
line.json' odd='odd $(touch ran) `touch ran`'
  local signs="yes*?[a]{b,c}#!^~=%h&;|<>()\\\"'x"
  zpty shell $START[$shell]
  type_and_wait $'mkrun\n' '*END*'
  press $shell 'onb' onboard
  press $shell 'compl' completion
  press $shell 'help cookb' help cookbook
  press $shell '--output=mark' --output=markdown
  press $shell '--output mark' --output markdown
  press $shell 'onboard --exc' onboard --except
  press $shell 'onboard da' onboard 'data file.json'
  press $shell 'onboard "da' onboard 'data file.json'
  press $shell "onboard 'da" onboard 'data file.json'
  press $shell 'onboard data\ f' onboard 'data file.json'
  press $shell 'onboard new' onboard $long
  press $shell 'onboard a' onboard 'a$(touch ran).json'
  press $shell '--plan-out=da' '--plan-out=data file.json'
  press $shell '--plan-out da' --plan-out 'data file.json'
  press $shell 'my\ ' 'my own.lua'
  press $shell '"my own.lua" --mo' 'my own.lua' --mode
  press $shell 'my\ own.lua --mode sl' 'my own.lua' --mode slow
  press $shell '"./my own.lua" --mode=sl' './my own.lua' --mode=slow
  press $shell '--sandbox=x.state team nig' --sandbox=x.state team night-desk
  press $shell '--sandbox=x.state team odd' --sandbox=x.state team $odd
  press $shell '--sandbox=x.state team "odd' --sandbox=x.state team $odd
  press $shell '--sandbox=x.state team ye' --sandbox=x.state team $signs
  press $shell "--sandbox=x.state team 'ye" --sandbox=x.state team $signs
  press $shell '--sandbox=x.state rotate-tokens ev' --sandbox=x.state \
    rotate-tokens 'evening-news automation'
  press $shell 'onboard -- da' onboard -- 'data file.json'
  zpty -d shell
}

# zsh and fish show the help beside the words.
describe() {
  local text='Set up an organization' shown
  zpty shell $START[zsh]
  type_and_wait $'mkrun\n' '*END*'
  type_and_wait $'mkrun o\t' "*-- $text*" && pass
  zpty -d shell
  shown=$(eval "${START[fish]/fish -i/fish} -c 'complete -C \"mkrun onb\"'")
  [[ $shown == onboard$'\t'"$text"* ]] && pass || fail fish 'onb' $shown
}

for shell; do
  if (($+commands[$shell])); then
    try $shell
  else
    print "skipped: $shell is not installed"
    ((skipped++))
  fi
done
(($# < 3 || !$+commands[fish])) || describe
print "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
