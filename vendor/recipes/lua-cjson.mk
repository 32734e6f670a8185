# Without NDEBUG its assertions would carry the paths of this machine.
SRC := $(addprefix $(TREE)/,lua_cjson.c strbuf.c fpconv.c)
HOT := %
FLAGS := -DNDEBUG -I$(TREE_lua)/src
