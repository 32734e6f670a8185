# Without NDEBUG its assertions would carry the paths of this machine.  Its own
# strbuf.c and fpconv.c are left out: see src/lua/strbuf.h.
SRC := $(addprefix $(TREE)/,lua_cjson.c g_fmt.c dtoa.c)
HOT := %
FLAGS := -DNDEBUG -DUSE_INTERNAL_FPCONV -Isrc -I$(TREE_lua)/src

# It counts an exponent further than an int goes before it looks, and ends the
# process when malloc fails: with so much memory of its own it asks for none.
%/dtoa.o: FLAGS += -DPRIVATE_MEM=16384 -fwrapv -fno-strict-aliasing
