# variants.mk - compilers and flags of the two variants, for our code and
# for the libraries alike.
#
# release: musl, static, small.  debug: the machine's C library, sanitizers,
# symbols exported, C modules of Lua loadable.

SECTIONS := -ffunction-sections -fdata-sections -ffile-prefix-map=$(CURDIR)=.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
            -fno-omit-frame-pointer

release_CC      := $(CC) -specs $(MUSL)/lib/musl-gcc.specs
release_OPT     := -Os
release_OPT_HOT := -O2
release_FLAGS   := $(SECTIONS) -fstack-protector-strong \
                   -fno-asynchronous-unwind-tables -fno-ident
release_LDFLAGS := -static -s -Wl,--gc-sections -Wl,--build-id=none \
                   -Wl,-z,norelro -Wl,-z,noseparate-code

debug_CC      := $(CC)
debug_OPT     := -O1 -g
debug_OPT_HOT := -O1 -g
debug_FLAGS   := $(SECTIONS) $(SANITIZE)
debug_LDFLAGS := $(SANITIZE) -rdynamic
