# Completes the command lines of mkrun in fish.
#
#   mkdir -p ~/.config/fish/completions
#   mkrun completion fish >~/.config/fish/completions/mkrun.fish
#
# mkrun itself answers what a word may become.  Nothing that stands on the
# command line or in a file is evaluated here.
# SPDX-License-Identifier: MIT

# The word at the cursor, up to the cursor and without quotes.
function __mkrun_token
    set -l token (commandline -ct)
    string unescape -- "$token"; or echo -- "$token"
end

function __mkrun_ask
    set -l words (commandline -opc)
    set -l program mkrun
    type -q -f -- $words[1]; and set program $words[1]
    set -e words[1]
    set -l token (__mkrun_token)
    command $program completion --complete fish $words "$token" </dev/null 2>/dev/null
end

# True if any file is meant: then fish itself looks for files.
function __mkrun_takes_file
    test "$(__mkrun_ask)[1]" = any
end

# Prints the folders and the files with an ending that begin as the path.
function __mkrun_files -a prefix path ending
    set -l home (string replace -r '^~/' $HOME/ -- "$path")
    set -l found $home*/
    test -n "$ending"; and set -a found $home*$ending
    for file in $found
        string match -q '*'\n'*' -- $file; and continue
        echo -- $prefix$path(string sub -s (math 1 + (string length -- "$home")) -- $file)
    end
end

function __mkrun_words
    set -l answer (__mkrun_ask)
    set -l token (__mkrun_token)
    set -q answer[3]; and printf '%s\n' $answer[3..-1]
    set -l path (string sub -s (math 1 + (string length -- "$answer[2]")) -- "$token")
    switch "$answer[1]"
        case lua
            __mkrun_files "$answer[2]" "$path" .lua
        case folder
            __mkrun_files "$answer[2]" "$path" ''
    end
end

complete -c mkrun -f
complete -c mkrun -n __mkrun_takes_file -F
complete -c mkrun -a '(__mkrun_words)'
