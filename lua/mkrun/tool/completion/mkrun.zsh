# Completes the command lines of mkrun in zsh.
