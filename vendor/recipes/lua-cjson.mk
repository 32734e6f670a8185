# Without NDEBUG its assertions would carry the paths of this machine.  Its own
# strbuf.c and fpconv.c are left out: see src/lua/strbuf.h.  dtoa.c takes memory
# from malloc, and ends the process when there is none, unless it has enough.
SRC := $(addprefix $(TREE)/,lua_cjson.c g_fmt.c dtoa.c)
HOT := %
FLAGS := -DNDEBUG -DUSE_INTERNAL_FPCONV -DPRIVATE_MEM=16384 \
  -fno-strict-aliasing -fwrapv -Isrc -I$(TREE_lua)/src
