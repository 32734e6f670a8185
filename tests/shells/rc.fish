function mkrun
    printf '%s\0' $argv >$WORK/arguments
    printf 'E%s' ND
end
