# Completes the command lines of mkrun in fish.
