# One unit of ours, which takes of isocline what the prompt needs (see the first
# patch).  Its assertions would carry the paths of this machine.
SRC := $(TREE)/src/plain.c
FLAGS := $(if $(filter release,$(VARIANT)),-DNDEBUG)
