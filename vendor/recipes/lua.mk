# The language and its libraries, without the two programs.  The debug binary
# loads C modules, finds those of Debian, and checks how the C API is used.
# LUA_COMPAT_5_3 is on in the Makefile of Lua's authors, and in Debian's Lua.
SRC := $(filter-out %/lua.c %/luac.c,$(wildcard $(TREE)/src/*.c))
HOT := lapi ldo lfunc lgc lmem lobject lstate lstring lstrlib ltable ltablib \
       ltm lvm lzio
FLAGS := -DLUA_COMPAT_5_3 $(if $(filter release,$(VARIANT)),-DLUA_USE_POSIX,\
           -DLUA_USE_LINUX -DLUA_USE_APICHECK \
           -include vendor/config/lua_debian.h \
           -DLUA_DEBIAN_LIB='"/usr/lib/$(shell $(CC) -print-multiarch)/lua/5.4/"')
